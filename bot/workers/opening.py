"""Where trainings run, as the settings say: here, or on workers."""

from bot.db.clock import DatabaseClock
from bot.db.database import Database
from bot.engine.job_host import JobHost
from bot.engine.local_host import Bounds
from bot.errors import SettingsError
from bot.objects.opening import open_objects
from bot.settings import Settings
from bot.workers.files import JobFiles
from bot.workers.ports import JobQueue
from bot.workers.procrastinate_queue import ProcrastinateQueue, prepare
from bot.workers.remote_host import QUIET_SECONDS, Pace, RemoteHost
from bot.workers.repositories.jobs import Jobs


async def open_host(settings: Settings, database: Database, clock: DatabaseClock) -> JobHost | None:
    """Where trainings run; None: on this machine. Raises SettingsError."""
    if settings.jobs == "local":
        return None
    files = open_files(settings)
    queue = await open_queue(settings, database)
    pace = Pace(quiet=QUIET_SECONDS * settings.patience)
    return RemoteHost(Jobs(database, clock), files, queue, pace=pace)


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
    if not database.is_server:
        raise SettingsError(
            f"NERBOT_JOBS: {settings.jobs} needs PostgreSQL: set NERBOT_DATABASE_URL, or NERBOT_JOBS=local"
        )
    try:
        await prepare(database)
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"NERBOT_JOBS: {settings.jobs} needs the package {error.name}: .venv/bin/pip install "
            "'nerbot[procrastinate]'"
        ) from error
    return ProcrastinateQueue(database)
