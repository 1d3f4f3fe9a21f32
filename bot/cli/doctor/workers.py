"""What the doctor looks at where trainings run on workers: the queue, and whether somebody takes from it."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.cli.doctor.findings import Finding, failed, ok
from bot.db.database import Database
from bot.errors import SettingsError
from bot.workers.opening import open_files, upgrade_queue
from bot.workers.repositories.procrastinate import living_workers

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
    if settings.jobs == "ray":
        return
    try:
        steps = await upgrade_queue(settings, database, check=True)
    except SettingsError as error:
        yield failed("queue", str(error), "install it, here and where bots and workers run")
        return
    if steps:
        told = f"the tables of Procrastinate lack: {', '.join(steps)}"
        yield failed(
            "queue", told, "nerbot migrate brings them to what the installed package needs"
        )
        return
    yield ok("queue", "the tables of Procrastinate are as the installed package needs them")
    living = await living_workers(database)
    if living:
        yield ok("workers", f"{living:,} {'worker is' if living == 1 else 'workers are'} there")
    else:
        told = "none was heard of within 30 s, so trainings wait"
        yield failed("workers", told, "start one: nerbot worker")
