"""Trainings on workers, from the side of the bot that waits for them."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.engine.job_host import PlacedJob
from bot.engine.protocol import read_event
from bot.errors import JobLost, ObjectAbsent, ObjectsUnavailable, StoreUnavailable
from bot.jobs.lease_watch import LeaseWatch, Monotonic
from bot.workers.files import JOBS, JobFiles
from bot.workers.leading.ending import Ending
from bot.workers.queues.ports import JobQueue
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import Job, JobKind, JobState
from ner_engine.results import Progress, Trained, TrainingEvent

LOOK_SECONDS = 0.5
QUIET_SECONDS = 12.0
"""A worker that has shown no sign of life for so long is gone; it shows one each second."""
DROPPED_SECONDS = 15.0
"""How long a job waits until the queue is asked whether it still has it, and then each time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a job is looked at, and how long its worker may be silent, in seconds."""

    look: float = LOOK_SECONDS
    quiet: float = QUIET_SECONDS
    dropped: float = DROPPED_SECONDS


USUAL = Pace()


class RemoteHost:
    """Implements `job_host.JobHost`: files go by the object store, signs of life and progress by the job's row."""

    def __init__(
        self,
        jobs: Jobs,
        files: JobFiles,
        queue: JobQueue,
        *,
        pace: Pace = USUAL,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._files = files
        self._queue = queue
        self._ending = Ending(jobs, files, queue)
        self._pace = pace
        self._monotonic = monotonic

    @asynccontextmanager
    async def start(
        self,
        job: PlacedJob,
        *,
        hurry: asyncio.Event,  # noqa: ARG002 - the worker ends what nobody waits for
    ) -> AsyncIterator[AsyncIterator[TrainingEvent]]:
        """The events of a training on a worker; leaving the block ends it there within seconds."""
        key = f"{JOBS}/{job.run_id}-{secrets.token_hex(8)}"
        job_id: int | None = None
        try:
            await self._send(key, job)
            job_id = await self._jobs.add_training(job.run_id, key, self._queue.put)
            await self._queue.hand_over(job_id)
            yield self._events(job_id, key, job)
        finally:
            await asyncio.shield(self._leave(job_id, key))

    async def leftovers(self) -> frozenset[int]:
        """The runs that are over and of which there are jobs, whichever bot was at them."""
        unwanted = await self._jobs.unwanted(JobKind.TRAINING)
        return frozenset(job.run_id for job in unwanted if job.run_id is not None)

    async def discard(self, run_id: int) -> None:
        """End what is left of a run that is over. A worker that is at it lets go first: until then its row stays."""
        try:
            await self._ending.discard(await self._jobs.of_run(run_id))
        except (StoreUnavailable, ObjectsUnavailable) as error:
            log.warning("the jobs of run %d are cleared away later: %s", run_id, error)

    async def _send(self, key: str, job: PlacedJob) -> None:
        try:
            await asyncio.to_thread(self._files.send_training, key, job.folder)
        except ObjectsUnavailable as error:
            raise JobLost(str(error)) from error

    async def _leave(self, job_id: int | None, key: str) -> None:
        """Nothing that fails here is lost: the chores look after what is left."""
        try:
            job = None if job_id is None else await self._jobs.get(job_id)
            if job is None:
                await asyncio.to_thread(self._files.remove, key)
            else:
                await self._ending.discard((job,))
        except (StoreUnavailable, ObjectsUnavailable) as error:
            log.warning("job %s is cleared away later: %s", job_id, error)

    async def _events(
        self, job_id: int, key: str, placed: PlacedJob
    ) -> AsyncIterator[TrainingEvent]:
        told: Progress | None = None
        watch = LeaseWatch[int, int](lease=self._pace.quiet, monotonic=self._monotonic)
        asked = self._monotonic()
        while True:
            job = await self._look(job_id)
            if job is not None:
                if job.progress is not None and job.progress != told:
                    told = job.progress
                    yield told
                if job.state is JobState.DONE:
                    yield await self._end(key, placed)
                    return
                if job.state is JobState.RUNNING and watch.look({job.id: job.beat}):
                    await self._give_up(job)
                if job.state is JobState.QUEUED and self._monotonic() - asked > self._pace.dropped:
                    asked = self._monotonic()
                    await self._ask_queue(job)
            await asyncio.sleep(self._pace.look)

    async def _look(self, job_id: int) -> Job | None:
        """The job; None where that cannot be found out now. Raises JobLost where nobody is at it any more."""
        try:
            job = await self._jobs.get(job_id)
        except StoreUnavailable:
            return None
        if job is None or job.state in {JobState.LOST, JobState.CANCELLED}:
            raise JobLost(f"job {job_id} is gone")
        return job

    async def _give_up(self, job: Job) -> None:
        if await self._jobs.give_up(job.id, beat=job.beat):
            log.warning("the worker %s of job %d is gone", job.worker, job.id)
            raise JobLost(f"the worker of job {job.id} is gone")

    async def _ask_queue(self, job: Job) -> None:
        if await self._queue.is_dropped(job):
            if await self._jobs.give_up(job.id, beat=job.beat):
                raise JobLost(f"job {job.id} was taken by a worker that is gone")
            return
        log.warning("job %d waits for a worker: is “nerbot worker” running?", job.id)

    async def _end(self, key: str, placed: PlacedJob) -> TrainingEvent:
        try:
            event = read_event(await asyncio.to_thread(self._files.outcome, key))
            if event is None:
                raise JobLost("how the training ended cannot be read")
            await asyncio.to_thread(self._files.receive_log, key, placed.folder)
            if isinstance(event, Trained):
                await asyncio.to_thread(self._files.receive_model, key, placed.folder)
        except (ObjectAbsent, ObjectsUnavailable) as error:
            raise JobLost(str(error)) from error
        return event
