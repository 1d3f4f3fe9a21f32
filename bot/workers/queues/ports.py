"""What hands jobs to workers, as a protocol."""

from typing import Any, Protocol

from bot.workers.values import Job


class JobQueue(Protocol):
    """Tells some worker, once, that there is a job. Neither retries nor remembers what became of it."""

    async def put(self, connection: Any, job_id: int, *, urgent: bool) -> int | None:
        """Hand a job over in the transaction that adds its row, where the queue is in the same database; its number
        there. Urgent ones are told before all others."""

    async def hand_over(self, job_id: int) -> None:
        """Hand a job over whose row is committed, where the queue is elsewhere. Raises JobLost where it takes none."""

    async def is_dropped(self, job: Job) -> bool:
        """Whether nobody will take this job any more: the worker that was told of it is gone."""

    async def forget(self, job: Job) -> None:
        """Let go of a job that is over, however it ended."""
