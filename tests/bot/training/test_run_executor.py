"""A run from its row to its end, where something comes between: the real store, an engine that does as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.db.database import Store
from bot.db.tables.training import run as run_table
from bot.db.transaction import Transaction
from bot.domain.models import RunEnd
from bot.domain.project import Caller
from bot.domain.runs import ACTIVE_STATES, Run, RunState, TrainingJob
from bot.errors import StoreUnavailable
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from bot.training.commands import CancelTraining, RunStarted, StartTraining
from ner_engine.results import TrainingEvent, TrainingFailed
from tests.bot.training.test_scheduling import (
    TRAINED,
    Engine,
    Process,
    Time,
    Told,
    finish,
    history,
    idle,
    process,
    until,
)
from tests.support.patience import patient


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/nerbot.db"


@pytest.fixture
def time() -> Time:
    return Time()


class Listening(Engine):
    """Says when a model is being loaded, when a training is left, and how trainings end."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[TrainingEvent] = []
        self.loading, self.may_load = asyncio.Event(), asyncio.Event()
        self.may_load.set()
        self.left = asyncio.Event()

    @asynccontextmanager
    async def training(
        self, job: TrainingJob, *, hurry: asyncio.Event
    ) -> AsyncIterator[AsyncIterator[TrainingEvent]]:
        async with super().training(job, hurry=hurry) as events:
            try:
                yield events
            finally:
                self.left.set()

    async def _events(self) -> AsyncIterator[TrainingEvent]:
        await self.may_end.wait()
        yield self.ends.pop(0) if self.ends else TRAINED

    async def load(self, project_id: int, version: int) -> None:  # noqa: ARG002
        self.loading.set()
        await self.may_load.wait()


class BusyStore(Store):
    """A store that cannot be written to while it is busy."""

    busy = False

    @asynccontextmanager
    async def writing(self, workspace: str, *, alone: bool = False) -> AsyncIterator[Transaction]:
        if self.busy:
            raise StoreUnavailable("the database is busy")
        async with super().writing(workspace, alone=alone) as tx:
            yield tx


async def train(bot: Process, number: int = 1) -> None:
    started = await bot.handle(StartTraining(), Caller("T1", "C1", "U1", f"Ev {number}"))
    assert isinstance(started, RunStarted)


async def test_a_run_that_is_cancelled_while_its_model_is_loaded_leaves_none_and_none_goes_live(
    url: str, time: Time
) -> None:
    engine = Listening()
    engine.may_load.clear()
    async with process(url, time, engine=engine) as bot:
        await finish(bot.store, 10)
        await train(bot)
        await engine.loading.wait()
        await bot.handle(CancelTraining())
        engine.may_load.set()
        await engine.left.wait()
        async with bot.store.reading("T1") as tx:
            project = await Projects(tx).of_channel("C1")
            assert project is not None
            assert await Models(tx).versions(project.id) == ()
            assert await Models(tx).live(project.id) is None
        assert [run.state for run in await history(bot.store)] == [RunState.CANCELLED]


async def test_a_training_after_a_failed_one_has_another_seed_and_after_a_good_one_the_same(
    url: str, time: Time
) -> None:
    engine = Listening()
    engine.ends = [TRAINED, TrainingFailed("not numbers"), TRAINED, TRAINED]
    async with process(url, time, engine=engine) as bot:
        await finish(bot.store, 10)
        for number in range(4):
            await train(bot, number)
            await idle(bot)
    assert [job.seed for job in engine.jobs] == [0, 0, 1, 1]


async def test_a_training_that_cannot_note_that_it_lives_ends_when_its_lease_is_over(
    url: str, time: Time
) -> None:
    """Another process may have taken it over by then."""
    engine = Listening()
    engine.may_end.clear()
    lease = timedelta(seconds=0.2)
    async with process(url, time, engine=engine, store=BusyStore, lease=lease) as bot:
        assert isinstance(bot.store, BusyStore)
        await finish(bot.store, 10)
        await train(bot)
        await until(lambda: engine.jobs)
        bot.store.busy = True
        async with asyncio.timeout(patient(2)):
            await engine.left.wait()


async def test_a_training_whose_lease_lasts_goes_on_though_it_cannot_note_that_it_lives(
    url: str, time: Time
) -> None:
    engine = Listening()
    engine.may_end.clear()
    lease = timedelta(seconds=patient(20))
    async with process(url, time, engine=engine, store=BusyStore, lease=lease) as bot:
        assert isinstance(bot.store, BusyStore)
        await finish(bot.store, 10)
        await train(bot)
        await until(lambda: engine.jobs)
        shown = len(bot.told.runs)
        bot.store.busy = True
        await until(lambda: len(bot.told.runs) > shown + 2)  # heartbeats that were not taken
        assert not engine.left.is_set()
        bot.store.busy = False
        engine.may_end.set()
        assert [run.state for run in await idle(bot)] == [RunState.SUCCEEDED]


async def test_a_training_that_is_cut_off_is_tried_three_times_in_all(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        bot.engine.may_end.clear()
        await train(bot)
        await until(lambda: bot.engine.jobs)
    for restart in range(5):
        async with process(url, time, name=f"box:{restart}:b") as bot:
            bot.engine.may_end.clear()
            await bot.clock.look()
            if await bot.maintenance.active_ids():
                await until(lambda engine=bot.engine: engine.jobs)  # type: ignore[misc]
    async with process(url, time) as bot:
        runs = await history(bot.store)
    assert [(run.attempt, run.state) for run in runs] == [
        (attempt, RunState.INTERRUPTED) for attempt in (1, 2, 3)
    ]


async def test_a_run_lives_until_its_model_is_loaded_however_long_that_takes(
    url: str, time: Time
) -> None:
    """A model that takes longer to load than a lease lasts is not thrown away."""
    engine = Listening()
    engine.may_load.clear()
    async with process(url, time, engine=engine) as bot:
        await finish(bot.store, 10)
        await train(bot)
        await engine.loading.wait()
        before = await lease_of(bot)
        time.now += timedelta(seconds=1)
        async with asyncio.timeout(patient(5)):
            while await lease_of(bot) == before:  # noqa: ASYNC110 - rows do not call
                await asyncio.sleep(0.01)
        engine.may_load.set()
        assert [run.state for run in await idle(bot)] == [RunState.SUCCEEDED]


async def lease_of(bot: Process) -> object:
    async with bot.store.reading("T1") as tx:
        return await tx.connection.scalar(select(run_table.c.lease_until))


class Killed(Told):
    """Takes what goes on, and nothing of an end: the process is killed before."""

    async def show_run(self, workspace: str, run: Run, end: RunEnd | None = None) -> None:
        if run.state not in ACTIVE_STATES:
            raise StoreUnavailable("killed")
        await super().show_run(workspace, run, end)


@pytest.mark.parametrize("ends", [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED])
async def test_an_end_that_a_crash_kept_from_being_told_is_told_by_the_next_process_once(
    url: str, time: Time, ends: RunState
) -> None:
    engine = Listening()
    engine.ends = [TrainingFailed("not numbers") if ends is RunState.FAILED else TRAINED]
    async with process(url, time, engine=engine, told=Killed()) as bot:
        await finish(bot.store, 10)
        if ends is RunState.CANCELLED:
            engine.may_end.clear()
        await train(bot)
        if ends is RunState.CANCELLED:
            await bot.handle(CancelTraining())
        await idle(bot)
        await until(lambda: not bot.background._tasks)
    async with process(url, time, name="box:2:b") as bot:
        for _ in range(3):
            await bot.clock.look()
        assert [run.state for run in bot.told.runs] == [ends]
