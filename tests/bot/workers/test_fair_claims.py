"""Which training a worker takes when the queue tells it of one."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.domain.runs import RunState
from bot.projects.repositories.projects import Projects
from bot.workers.queues.procrastinate_queue import ProcrastinateQueue
from bot.workers.queues.procrastinate_schema import prepare
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import Job, JobState
from tests.db.conftest import ANN, LEASE, Clock, Server, new_run
from tests.support.opening import open_database

WORKSPACES = ("T0A", "T0B", "T0C")


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Database]:
    name = server.create()
    async with open_database(server.url(name)) as opened:
        await prepare(opened)
        yield opened
    server.drop(name)


class Farm:
    """Trainings of several workspaces, and workers that are told of them in the queue's own order."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.store = Store(database, self.clock)
        self.jobs = Jobs(database, self.clock)
        self.queue = ProcrastinateQueue(database)
        self.told: list[tuple[int, int]] = []
        """The jobs and their numbers, as the queue has them."""
        self.running: list[Job] = []
        self._made = 0

    async def ask(self, workspace: str) -> int:
        self._made += 1
        self.clock.now += timedelta(seconds=1)
        async with self.store.writing(workspace) as tx:
            project = await Projects(tx).add(f"p{self._made}", person=ANN)
            assert project is not None
            run = await Runs(tx).claim(new_run(project.id), owner="box:1:a", lease=LEASE)
            assert run is not None
            await Runs(tx).begin(run.id, sentences=1)
        job_id = await self.jobs.add_training(run.id, f"jobs/{run.id}", self.queue.put)
        job = await self.jobs.get(job_id)
        assert job is not None
        assert job.queue_id is not None
        self.told.append((job_id, job.queue_id))
        return run.id

    async def take(self) -> Job:
        """A worker is told of what is next in the queue."""
        job_id, number = self.told.pop(0)
        job = await self.jobs.claim(job_id, worker="w", queue_id=number)
        assert job is not None
        assert job.queue_id == number, "what was told is used up by what is taken"
        self.running.append(job)
        return job

    async def end(self, job: Job) -> None:
        self.clock.now += timedelta(seconds=1)
        self.running.remove(job)
        assert job.run_id is not None
        async with self.store.writing(job.workspace) as tx:
            await Runs(tx).end(job.run_id, RunState.SUCCEEDED)
        await self.queue.forget(job)
        await self.jobs.remove(job.id)

    async def numbers(self) -> list[int]:
        """Those of the jobs that wait."""
        waiting = await self.jobs.of_folder("jobs/")
        return sorted(job.queue_id or 0 for job in waiting if job.state is JobState.QUEUED)


async def test_a_workspaces_queue_keeps_no_other_one_waiting(database: Database) -> None:
    """One worker: whoever asked for one after ten of another workspace waits for one of them."""
    farm = Farm(database)
    for _ in range(3):
        await farm.ask("T0A")
    taken = [await farm.take()]
    await farm.ask("T0B")
    while farm.told:
        await farm.end(taken[-1])
        taken.append(await farm.take())
    assert [job.workspace for job in taken] == ["T0A", "T0B", "T0A", "T0A"]
    assert await farm.numbers() == []


async def test_each_job_keeps_a_number_of_the_queue_whatever_workers_take(
    database: Database,
) -> None:
    """Random asking, taking and ending: those that wait have the numbers that are not used up, each one of its own."""
    farm, chance = Farm(database), random.Random(3)
    for _ in range(40):
        what = chance.random()
        if what < 0.45 or not (farm.told or farm.running):
            await farm.ask(chance.choice(WORKSPACES))
        elif farm.told and (what < 0.75 or not farm.running):
            waiting = [
                job.workspace
                for job in await farm.jobs.of_folder("jobs/")
                if job.state is JobState.QUEUED
            ]
            trains = {each: sum(job.workspace == each for job in farm.running) for each in waiting}
            taken = await farm.take()
            assert trains[taken.workspace] == min(trains.values())
        else:
            await farm.end(chance.choice(farm.running))
        assert await farm.numbers() == sorted(number for _, number in farm.told)


async def test_a_job_without_a_number_is_the_one_that_is_told(database: Database) -> None:
    """A queue elsewhere, such as Ray's, has promised it."""
    farm = Farm(database)
    for workspace in ("T0A", "T0A"):
        await farm.ask(workspace)
    second = farm.told[1][0]
    async with database.writing() as connection:
        await connection.exec_driver_sql("SET LOCAL nerbot.workspace = '*'")
        await connection.exec_driver_sql("UPDATE job SET queue_id = NULL")
    job = await farm.jobs.claim(second, worker="w")
    assert job is not None
    assert job.id == second
