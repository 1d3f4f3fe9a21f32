"""`nerbot worker`: trainings and bulk work for bots on other machines."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal.output import AsJson, tell_json, tell_lines
from bot.operations.garbage import look_as_usual

if TYPE_CHECKING:
    from bot.settings import Settings

log = logging.getLogger("bot")


def add_worker(commands: typer.Typer) -> None:
    """Make `worker` known to a command line."""
    commands.command("worker")(_worker)


def _worker(
    *,
    job: Annotated[
        int | None,
        typer.Option(
            "--job", metavar="N", help="Carry out this job alone, and end; a Ray cluster does so."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train, and do bulk work, for bots on other machines.

    In: `NERBOT_JOBS`, `NERBOT_DATABASE_URL` and `NERBOT_MODELS` as the bots have them, `NERBOT_TRAININGS` for how many
    jobs it takes at once, and a `NERBOT_DATA` of its own. It needs no token of Slack, and forgets those it is given.

    Out: its name and its data folder; then the log, on stderr. SIGTERM or Ctrl-C stops it: what it was at is tried
    again elsewhere.
    """
    from bot.errors import SettingsError  # noqa: PLC0415 - before anything heavy is imported
    from bot.operations.logs import log_to  # noqa: PLC0415 - pydantic comes with the settings
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    for name in [name for name in os.environ if name.startswith("SLACK_")]:
        del os.environ[name]
    settings = read_settings()
    if settings.jobs == "local":
        raise SettingsError(
            "NERBOT_JOBS: local means that bots train where they run; set it to procrastinate, for them and for workers"
        )
    if job is None:
        _refuse_without_a_queue(settings)
    log_to(sys.stderr, settings.log_level, secrets=settings.secrets)
    asyncio.run(_until_stopped(settings, job, as_json=as_json))


def _refuse_without_a_queue(settings: "Settings") -> None:
    from bot.errors import SettingsError  # noqa: PLC0415 - as above

    if settings.jobs == "ray":
        raise SettingsError(
            "NERBOT_JOBS: with ray the nodes of the cluster are the workers; none is to be started"
        )
    try:
        import bot.workers.queues.procrastinate_worker  # noqa: F401, PLC0415 - an extra, missed before anything is opened
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"NERBOT_JOBS: procrastinate needs the package {error.name}: .venv/bin/pip install 'nerbot[procrastinate]'"
        ) from error


async def _until_stopped(settings: "Settings", job: int | None, *, as_json: bool) -> None:
    from bot.workers.serving import carry_out, free_folder, open_worker, work  # noqa: PLC0415 - a wrong setting is told first

    async with contextlib.AsyncExitStack() as opened:
        if job is not None:
            settings = free_folder(settings, opened)
        worker = await open_worker(settings, opened)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stopping.set)
        where = {"worker": worker.name, "data": str(settings.data.absolute())}
        if as_json:
            tell_json(where)
        else:
            tell_lines(
                [
                    f"nerbot worker {worker.name} takes jobs.",
                    f"  The data folder:                    {where['data']}",
                ]
            )
        sys.stdout.flush()
        look_as_usual()
        await (work(settings, worker) if job is None else carry_out(worker, job))
        log.info("stopping")
