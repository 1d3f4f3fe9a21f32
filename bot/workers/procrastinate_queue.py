"""Jobs by Procrastinate, a queue in our own PostgreSQL. Who puts jobs there needs its tables alone."""

from typing import Any

from bot.db.database import Database
from bot.workers.repositories import procrastinate


class ProcrastinateQueue:
    """Implements `ports.JobQueue`: what is put is there when the transaction is committed, and not where it is not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, connection: Any, job_id: int) -> int | None:
        """Queue it in this transaction."""
        return await procrastinate.put(connection, job_id)

    async def hand_over(self, job_id: int) -> None:
        """It has been handed over by the commit."""

    async def is_dropped(self, queue_id: int) -> bool:
        """Whether no worker that lives has it or will get it."""
        return await procrastinate.is_dropped(self._database, queue_id)

    async def forget(self, queue_id: int) -> None:
        """Remove it."""
        await procrastinate.forget(self._database, queue_id)


async def prepare(database: Database) -> None:
    """Make Procrastinate's tables where they are not there yet; raises ModuleNotFoundError where it would have to and
    the extra is not installed."""
    if await procrastinate.has_schema(database):
        return
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an extra

    await procrastinate.apply_schema(database, SchemaManager.get_schema())
