"""Many small jobs that somebody waits for: so many at a time are with workers, what is lost is tried again, and each
row goes with its job."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import JobLost
from bot.jobs.lease_watch import LeaseWatch
from bot.workers.files import JobFiles
from bot.workers.leading.ending import Ending
from bot.workers.leading.remote_host import DROPPED_SECONDS, LOOK_SECONDS
from bot.workers.queues.ports import JobQueue
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import Job, JobKind, JobState

TRIES = 3
WARNED_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shard:
    """A piece of something large, as a job is told of it."""

    number: int
    files: Mapping[str, bytes]
    """Its objects, by name."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What the rows of shards say."""

    kind: JobKind
    workspace: str
    project_id: int | None = None


class Leader:
    """Has shards carried out; their rows are its own."""

    def __init__(
        self,
        jobs: Jobs,
        files: JobFiles,
        queue: JobQueue,
        folder: str,
        *,
        whose: Whose,
        quiet: float,
        at_once: int,
    ) -> None:
        """`folder`: the key under which all objects are; `quiet`: seconds after which a silent worker is gone."""
        self._jobs = jobs
        self._files = files
        self._queue = queue
        self._folder = folder
        self._whose = whose
        self._at_once = at_once
        self._ending = Ending(jobs, files, queue)
        self._watch = LeaseWatch[int, int](lease=quiet)
        self._waiting = LeaseWatch[int, int](lease=DROPPED_SECONDS)
        self._shards: dict[int, Shard] = {}
        self._tries: dict[int, int] = {}
        self._warn_at = 0.0

    async def outcomes(
        self, shards: AsyncIterator[Shard]
    ) -> AsyncGenerator[tuple[Shard, bytes] | None]:
        """How each ended, as they end; None whenever none has for a while. Raises JobLost for one that was lost three
        times, StoreUnavailable, ObjectAbsent, ObjectsUnavailable."""
        again = deque[Shard]()
        while True:
            while len(self._shards) < self._at_once:
                shard = again.popleft() if again else await anext(shards, None)
                if shard is None:
                    break
                await self._add(shard)
            if not self._shards:
                return
            await asyncio.sleep(LOOK_SECONDS)
            jobs = await self._look()
            for job in jobs:
                if job.state is JobState.DONE:
                    outcome = await asyncio.to_thread(self._files.outcome, job.folder)
                    yield await self._remove(job), outcome
                elif job.state in {JobState.LOST, JobState.CANCELLED}:
                    again.append(self._again(await self._remove(job)))
            yield None

    async def clear(self) -> None:
        """What is under way is let go of, and nothing is left."""
        await self._ending.end_folder(self._folder)

    async def _add(self, shard: Shard) -> None:
        folder = f"{self._folder}/{shard.number}-{secrets.token_hex(4)}"
        for name, content in shard.files.items():
            await asyncio.to_thread(self._files.send_bytes, folder, name, content)
        job_id = await self._jobs.add(
            self._whose.workspace,
            self._whose.kind,
            folder,
            self._queue.put,
            project_id=self._whose.project_id,
        )
        self._shards[job_id] = shard
        await self._queue.hand_over(job_id)

    async def _look(self) -> Sequence[Job]:
        jobs = await self._jobs.of_folder(f"{self._folder}/")
        if self._shards.keys() - {job.id for job in jobs}:
            raise JobLost(f"the jobs of {self._folder} were cleared away by somebody else")
        await self._give_up(jobs)
        self._warn(jobs)
        return jobs

    async def _give_up(self, jobs: Sequence[Job]) -> None:
        """What a worker has had without a sign of life, and what the queue has lost."""
        beats = {job.id: job.beat for job in jobs if job.state is JobState.RUNNING}
        for job_id, beat in self._watch.look(beats).items():
            await self._jobs.give_up(job_id, beat=beat)
        queued = {job.id: job.beat for job in jobs if job.state is JobState.QUEUED}
        waiting = self._waiting.look(queued)
        for job in jobs:
            if job.id in waiting and await self._queue.is_dropped(job):
                await self._jobs.give_up(job.id, beat=job.beat)

    def _warn(self, jobs: Sequence[Job]) -> None:
        now = asyncio.get_running_loop().time()
        if any(job.state is not JobState.QUEUED for job in jobs) or not self._warn_at:
            self._warn_at = now + WARNED_SECONDS
        elif now >= self._warn_at:
            self._warn_at = now + WARNED_SECONDS
            log.warning("%d jobs wait for a worker: is “nerbot worker” running?", len(jobs))

    def _again(self, shard: Shard) -> Shard:
        tries = self._tries[shard.number] = self._tries.get(shard.number, 1) + 1
        if tries > TRIES:
            raise JobLost(f"shard {shard.number} was lost {TRIES} times; the workers' logs say why")
        log.warning("shard %d is tried again: its worker let go of it, or is gone", shard.number)
        return shard

    async def _remove(self, job: Job) -> Shard:
        await self._ending.clear(job)
        return self._shards.pop(job.id)
