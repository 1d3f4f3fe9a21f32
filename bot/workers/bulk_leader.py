"""A bulk prediction by workers, from the side of the command that waits for it. Its shards' rows are its own: it adds
them, tries again what is lost, and removes them."""

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from bot.bulk.values import Counted
from bot.errors import JobLost
from bot.jobs.lease_watch import LeaseWatch
from bot.opening import open_database
from bot.settings import Settings
from bot.workers.files import ASKED, JOBS, MODEL, JobFiles
from bot.workers.opening import open_files, open_queue
from bot.workers.ports import JobQueue
from bot.workers.remote_host import DROPPED_SECONDS, QUIET_SECONDS
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import Job, JobKind, JobState

AT_ONCE = 64
"""Shards that wait or are carried out at a time: more than workers take, and few to clear away after a kill."""
TRIES = 3
LOOK_SECONDS = 0.5
NOBODYS = "-"
"""The workspace of what belongs to none: files are predicted, and nothing of a project."""

OnDone = Callable[[Counted], None]

log = logging.getLogger(__name__)


async def lead(
    settings: Settings,
    model: Path,
    source: str,
    target: str,
    todo: Sequence[int],
    *,
    on_done: OnDone,
) -> None:
    """Let workers carry out these shards of the plan at the target; raises JobLost for one that was lost three times,
    SettingsError, StoreUnavailable, ObjectsUnavailable."""
    async with AsyncExitStack() as stack:
        database, clock = await open_database(settings, stack)
        files = open_files(settings)
        queue = await open_queue(settings, database)
        folder = f"{JOBS}/bulk-{secrets.token_hex(8)}"
        leader = _Leader(
            Jobs(database, clock),
            files,
            queue,
            folder,
            asked={"in": source, "out": target, "model": folder},
            quiet=QUIET_SECONDS * settings.patience,
        )
        await asyncio.to_thread(_send_model, files, folder, model)
        try:
            await leader.lead(todo, on_done)
        finally:
            await asyncio.shield(leader.clear())


def _send_model(files: JobFiles, folder: str, model: Path) -> None:
    files.send_folder(folder, model, MODEL)


class _Leader:
    def __init__(
        self,
        jobs: Jobs,
        files: JobFiles,
        queue: JobQueue,
        folder: str,
        *,
        asked: dict[str, str],
        quiet: float,
    ) -> None:
        self._jobs = jobs
        self._files = files
        self._queue = queue
        self._folder = folder
        self._asked = asked
        self._watch = LeaseWatch[int, int](lease=quiet)
        self._waiting = LeaseWatch[int, int](lease=DROPPED_SECONDS)
        self._shards: dict[int, int] = {}
        self._tries: dict[int, int] = {}

    async def lead(self, todo: Sequence[int], on_done: OnDone) -> None:
        left = deque(todo)
        while left or self._shards:
            while left and len(self._shards) < AT_ONCE:
                await self._add(left.popleft())
            await asyncio.sleep(LOOK_SECONDS)
            jobs = await self._jobs.of_folder(f"{self._folder}/")
            await self._give_up(jobs)
            for job in jobs:
                if job.state is JobState.DONE:
                    on_done(await self._counted(job))
                    await self._remove(job)
                elif job.state in {JobState.LOST, JobState.CANCELLED}:
                    left.appendleft(self._again(job))
                    await self._remove(job)

    async def _add(self, shard: int) -> None:
        folder = f"{self._folder}/{shard}-{secrets.token_hex(4)}"
        asked = json.dumps({**self._asked, "shard": shard}).encode()
        await asyncio.to_thread(self._files.send_bytes, folder, ASKED[0], asked)
        job_id = await self._jobs.add(NOBODYS, JobKind.PREDICTION, folder, self._queue.put)
        await self._queue.hand_over(job_id)
        self._shards[job_id] = shard

    def _again(self, job: Job) -> int:
        shard = self._shards[job.id]
        self._tries[shard] = self._tries.get(shard, 1) + 1
        if self._tries[shard] > TRIES:
            raise JobLost(f"shard {shard} was lost {TRIES} times; the workers' logs say why")
        log.warning("shard %d is tried again: its worker let go of it, or is gone", shard)
        return shard

    async def _give_up(self, jobs: Sequence[Job]) -> None:
        """What a worker has had without a sign of life, and what the queue has lost."""
        beats = {job.id: job.beat for job in jobs if job.state is JobState.RUNNING}
        for job_id, beat in self._watch.look(beats).items():
            await self._jobs.give_up(job_id, beat=beat)
        queued = {job.id: job.beat for job in jobs if job.state is JobState.QUEUED}
        numbers = {job.id: job.queue_id for job in jobs}
        for job_id, beat in self._waiting.look(queued).items():
            queue_id = numbers[job_id]
            if queue_id is not None and await self._queue.is_dropped(queue_id):
                await self._jobs.give_up(job_id, beat=beat)

    async def _counted(self, job: Job) -> Counted:
        return Counted(**json.loads(await asyncio.to_thread(self._files.outcome, job.folder)))

    async def _remove(self, job: Job) -> None:
        self._shards.pop(job.id, None)
        if job.queue_id is not None:
            await self._queue.forget(job.queue_id)
        await asyncio.to_thread(self._files.remove, job.folder)
        await self._jobs.remove(job.id)

    async def clear(self) -> None:
        """What is under way is let go of; a worker that is at it removes what it still writes."""
        for job in await self._jobs.of_folder(f"{self._folder}/"):
            await self._jobs.cancel(job.id)
            await self._remove(job)
        await asyncio.to_thread(self._files.remove, self._folder)
