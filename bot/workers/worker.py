"""What a worker does with a job it is told of: make it its own, carry it out, show signs of life, and let go."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.errors import NerbotError, ObjectsUnavailable, StoreUnavailable
from bot.operations.logs import log_failure
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import Job, JobKind, JobState
from ner_engine.results import Progress

BEAT_SECONDS = 1.0
SILENT_SECONDS = 8.0
"""A worker that could not show a sign of life for so long lets go: sooner than anybody takes it for gone."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Held:
    """A job while a worker has it."""

    job: Job
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    """It is to be let go of: cancelled, over, or the worker stops."""
    progress: Progress | None = None


_T = TypeVar("_T")


async def unless_lost(work: Coroutine[Any, Any, _T], held: Held) -> _T | None:
    """What comes of it; None where the job is to be let go of, and then the work is cut off."""
    working = asyncio.ensure_future(work)
    lost = asyncio.ensure_future(held.lost.wait())
    try:
        await asyncio.wait((working, lost), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        return None
    finally:
        lost.cancel()
        working.cancel()
        await asyncio.wait((working,))


Carry = Callable[[Held], Awaitable[JobState]]
"""Carries a job out; DONE where everything that came of it is kept, LOST where another one has to try."""


class Worker:
    """Carries jobs out, each once. It has the database and the object store, and no token of Slack's."""

    def __init__(
        self,
        jobs: Jobs,
        carry: Mapping[JobKind, Carry],
        *,
        name: str,
        forget: Callable[[str], None],
        beat: float = BEAT_SECONDS,
        silent: float = SILENT_SECONDS,
    ) -> None:
        """`forget` removes the objects under a key."""
        self._jobs = jobs
        self._forget = forget
        self._carry = carry
        self.name = name
        """Another one each time a worker starts."""
        self._beat = beat
        self._silent = silent
        self.stopping = asyncio.Event()

    async def carry_out(self, job_id: int, queue_id: int | None = None) -> None:
        """Carry a job out, or the training whose turn it is where that is one, unless somebody else does or nobody
        wants it any longer. Never raises: whoever waits for the job reads its row, and the queue has nothing to try
        again. `queue_id`: its number in the queue."""
        try:
            job = await self._jobs.claim(job_id, worker=self.name, queue_id=queue_id)
        except StoreUnavailable as error:
            log.warning("job %d could not be taken: %s", job_id, error)
            return
        if job is None:
            log.info("job %d is no longer wanted", job_id)
            return
        job_id = job.id
        log.info("job %d begins", job_id)
        held, state = Held(job), JobState.LOST
        try:
            async with self._beating(held):
                state = await self._carry[job.kind](held)
        except NerbotError as error:
            log.warning("job %d could not be carried out: %s", job_id, error)
        except Exception as error:  # noqa: BLE001 - the edge of a job: however it fails, it is let go of
            log_failure(log, f"job {job_id} failed", error)
        finally:
            await asyncio.shield(self._end(job, state))

    async def _end(self, job: Job, state: JobState) -> None:
        try:
            ours = await self._jobs.end(job.id, state, worker=self.name)
            if not ours:
                # Whoever cancelled it may have cleared away before the last of it was written.
                await self._jobs.end(job.id, JobState.LOST, worker=self.name)
                await asyncio.to_thread(self._forget, job.folder)
        except (StoreUnavailable, ObjectsUnavailable) as error:
            log.warning("the end of job %d could not be noted: %s", job.id, error)
            return
        log.info("job %d: %s", job.id, state.value if ours else "let go of")

    @asynccontextmanager
    async def _beating(self, held: Held) -> AsyncIterator[None]:
        over = asyncio.Event()
        beating = asyncio.create_task(self._go_on(held, over), name=f"beats of {held.job.id}")
        stop = asyncio.create_task(self._stop_with_us(held), name=f"stop of {held.job.id}")
        try:
            yield
        finally:
            over.set()
            stop.cancel()
            await beating

    async def _stop_with_us(self, held: Held) -> None:
        await self.stopping.wait()
        held.lost.set()

    async def _go_on(self, held: Held, over: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._silent
        while not over.is_set():
            asked, noted = loop.time(), await self._note(held)
            if noted:
                deadline = asked + self._silent
            elif noted is False or loop.time() > deadline:
                held.lost.set()
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), self._beat)

    async def _note(self, held: Held) -> bool | None:
        try:
            return await self._jobs.beat(held.job.id, worker=self.name, progress=held.progress)
        except StoreUnavailable:
            return None
