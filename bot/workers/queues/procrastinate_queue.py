"""Jobs by Procrastinate, a queue in our own PostgreSQL. Who puts jobs there needs its tables alone."""

from typing import Any

from bot.db.database import Database
from bot.workers.repositories import procrastinate
from bot.workers.values import Job


class ProcrastinateQueue:
    """Implements `ports.JobQueue`: what is put is there when the transaction is committed, and not where it is not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, connection: Any, job_id: int, *, urgent: bool) -> int | None:
        """Queue it in this transaction."""
        return await procrastinate.put(connection, job_id, urgent=urgent)

    async def hand_over(self, job_id: int) -> None:
        """It has been handed over by the commit."""

    async def is_dropped(self, job: Job) -> bool:
        """Whether no worker that lives has it or will get it."""
        return job.queue_id is not None and await procrastinate.is_dropped(
            self._database, job.queue_id
        )

    async def forget(self, job: Job) -> None:
        """Remove it."""
        if job.queue_id is not None:
            await procrastinate.forget(self._database, job.queue_id)
