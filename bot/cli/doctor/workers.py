"""What the doctor looks at where trainings run on workers: the queue, and whether somebody takes from it."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.cli.doctor.findings import Finding, failed, ok, warning
from bot.db.database import Database
from bot.errors import SettingsError
from bot.workers.opening import open_files
from bot.workers.repositories.procrastinate import has_schema, living_workers

if TYPE_CHECKING:
    from bot.settings import Settings


async def check_workers(settings: "Settings", database: Database) -> AsyncIterator[Finding]:
    """The queue's tables and the workers that were heard of lately; nothing where trainings run beside the bot."""
    if settings.jobs == "local":
        return
    try:
        open_files(settings)
    except SettingsError as error:
        yield failed("jobs", str(error), "set it to the place that bots and workers share")
        return
    if not database.is_server:
        told = "NERBOT_JOBS: workers need PostgreSQL, and this database is SQLite"
        yield failed("jobs", told, "set NERBOT_DATABASE_URL, or NERBOT_JOBS=local")
        return
    if not await has_schema(database):
        yield warning(
            "workers", "the queue has no tables yet", "nerbot run or nerbot worker makes them"
        )
        return
    living = await living_workers(database)
    if living:
        yield ok("workers", f"{living:,} {'worker is' if living == 1 else 'workers are'} there")
    else:
        told = "none was heard of within 30 s, so trainings wait"
        yield failed("workers", told, "start one: nerbot worker")
