"""What is left of jobs that are over, and how it goes: the queue's, the objects, and at last the row."""

import asyncio
import logging
import time
from collections.abc import Iterable

from bot.jobs.lease_watch import LeaseWatch, Monotonic
from bot.workers.files import JobFiles
from bot.workers.queues.ports import JobQueue
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import Job, JobState

SWEPT_SECONDS = 600.0
"""How often objects without a row are looked for."""
ORPHANED_SECONDS = 3600.0
"""How long there has to be no row: files are sent before the row is there."""

log = logging.getLogger(__name__)


class Ending:
    """Clears jobs away. All raise StoreUnavailable and ObjectsUnavailable; what was cleared by half is found again."""

    def __init__(self, jobs: Jobs, files: JobFiles, queue: JobQueue) -> None:
        self._jobs = jobs
        self._files = files
        self._queue = queue

    async def clear(self, job: Job) -> None:
        """Nothing is left of it."""
        await self._queue.forget(job)
        await asyncio.to_thread(self._files.remove, job.folder)
        await self._jobs.remove(job.id)

    async def discard(self, jobs: Iterable[Job]) -> None:
        """End them. A worker that is at one lets go first: until then its row stays."""
        for job in jobs:
            if job.state is JobState.RUNNING:
                await self._jobs.cancel(job.id)
            else:
                await self.clear(job)

    async def end_folder(self, folder: str) -> None:
        """End all jobs under a key at once, and remove what is there; a worker that is at one removes what it still
        writes."""
        for job in await self._jobs.of_folder(f"{folder}/"):
            await self._jobs.cancel(job.id)
            await self.clear(job)
        await asyncio.to_thread(self._files.remove, folder)


class Orphans:
    """Objects of jobs without a row: a bot was killed between the two, or the rows went with their project."""

    def __init__(
        self, jobs: Jobs, files: JobFiles, *, monotonic: Monotonic = time.monotonic
    ) -> None:
        self._jobs = jobs
        self._files = files
        self._monotonic = monotonic
        self._looked: float | None = None
        self._watch = LeaseWatch[str, int](lease=ORPHANED_SECONDS, monotonic=monotonic)

    async def look(self) -> None:
        """Remove those that have been there unchanged for long, now and then. Raises StoreUnavailable,
        ObjectsUnavailable."""
        now = self._monotonic()
        if self._looked is not None and now - self._looked < SWEPT_SECONDS:
            return
        self._looked = now
        there = await asyncio.to_thread(self._files.folders)
        rows = {"/".join(folder.split("/")[:2]) for folder in await self._jobs.folders()}
        orphans = {folder: number for folder, number in there.items() if folder not in rows}
        for folder in self._watch.look(orphans):
            log.info("%s has no row any more, and is removed", folder)
            await asyncio.to_thread(self._files.remove, folder)
