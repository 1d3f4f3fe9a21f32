"""Where trainings run, as the settings say: here, or on workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.db.clock import DatabaseClock
from bot.db.database import Database
from bot.engine.job_host import JobHost
from bot.engine.local_host import Bounds
from bot.engine.scoring_host import ScoringHost
from bot.errors import SettingsError
from bot.objects.opening import open_objects
from bot.settings import Settings
from bot.workers.files import JobFiles
from bot.workers.leading.remote_host import QUIET_SECONDS, Pace, RemoteHost
from bot.workers.leading.scoring import RemoteScoring
from bot.workers.queues import procrastinate_schema
from bot.workers.queues.ports import JobQueue
from bot.workers.queues.procrastinate_queue import ProcrastinateQueue
from bot.workers.repositories.jobs import Jobs


@dataclass(frozen=True, slots=True)
class Places:
    """Where the processes of what takes long run; None: on this machine."""

    trainings: JobHost | None = None
    scoring: ScoringHost | None = None


async def open_places(settings: Settings, database: Database, clock: DatabaseClock) -> Places:
    """Where trainings run, and who scores many sentences. Raises SettingsError."""
    if settings.jobs == "local":
        return Places()
    files = open_files(settings)
    queue = await open_queue(settings, database)
    jobs, quiet = Jobs(database, clock), QUIET_SECONDS * settings.patience
    return Places(
        RemoteHost(jobs, files, queue, pace=Pace(quiet=quiet)),
        RemoteScoring(jobs, files, queue, quiet=quiet),
    )


def bounds_of(settings: Settings) -> Bounds:
    """What one training may take."""
    return Bounds(
        memory_mb=settings.training_memory_mb,
        minutes=settings.training_minutes,
        processes=settings.training_processes,
    )


def open_files(settings: Settings) -> JobFiles:
    """The objects of jobs, beside the models; raises SettingsError."""
    if settings.models is None:
        raise SettingsError(
            f"NERBOT_JOBS: {settings.jobs} needs a place that bots and workers share: set NERBOT_MODELS to "
            "s3://bucket/folder or file:///folder"
        )
    return JobFiles(open_objects(settings.models))


async def open_queue(settings: Settings, database: Database) -> JobQueue:
    """What hands jobs to workers; raises SettingsError."""
    with _needs(settings, database):
        if settings.jobs == "ray":
            from bot.workers.queues.ray_queue import open_ray  # noqa: PLC0415 - an extra

            return await open_ray()
        await procrastinate_schema.prepare(database)
    return ProcrastinateQueue(database)


async def upgrade_queue(
    settings: Settings, database: Database, *, check: bool = False
) -> tuple[str, ...]:
    """Bring the queue's own tables to what the installed package needs; what was applied, or with `check` would be.
    Raises SettingsError."""
    if settings.jobs != "procrastinate":
        return ()
    with _needs(settings, database):
        bring = procrastinate_schema.pending if check else procrastinate_schema.upgrade
        return await bring(database)


@contextmanager
def _needs(settings: Settings, database: Database) -> Iterator[None]:
    if not database.is_server:
        raise SettingsError(
            f"NERBOT_JOBS: {settings.jobs} needs PostgreSQL: set NERBOT_DATABASE_URL, or NERBOT_JOBS=local"
        )
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"NERBOT_JOBS: {settings.jobs} needs the package {error.name}: .venv/bin/pip install "
            f"'nerbot[{settings.jobs}]'"
        ) from error
