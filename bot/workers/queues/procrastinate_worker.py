"""A worker of Procrastinate, which is told of a job as soon as it is committed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from procrastinate import App, JobContext, PsycopgConnector

from bot.db.address import libpq_address
from bot.workers.repositories.procrastinate import QUEUE, TASK

HEARTBEAT_SECONDS = 5.0
LOOK_SECONDS = 2.0
"""How often a worker looks for jobs that it was not told of."""


async def work(
    url: str,
    carry_out: Callable[[int, int | None], Awaitable[None]],
    *,
    at_once: int,
    name: str,
    until: asyncio.Event,
) -> None:
    """Carry out jobs, so many at once, until asked to stop; what is under way then is waited for."""
    app = App(connector=PsycopgConnector(conninfo=libpq_address(url), min_size=1))

    @app.task(name=TASK, queue=QUEUE, pass_context=True)
    async def carry_out_job(context: JobContext, job_id: int) -> None:
        await carry_out(job_id, context.job.id)

    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                name=name,
                concurrency=at_once,
                install_signal_handlers=False,
                # Its row says what became of a job.
                delete_jobs="always",
                fetch_job_polling_interval=LOOK_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
            )
        )
        stop = asyncio.create_task(until.wait())
        await asyncio.wait((working, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not working.done():
            working.cancel()  # it takes no more, and ends when the last of its jobs has
            with suppress(asyncio.CancelledError):
                await working
            return
        working.result()
