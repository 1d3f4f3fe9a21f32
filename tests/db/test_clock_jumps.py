"""Whatever the machine's clock does, nothing that lives is interrupted and nothing stays stuck; on both databases."""

import asyncio
import time as machine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.db.database import Database, Store
from bot.db.records.outbox import Outbox, OutboxDelivery, OutboxMessage
from bot.db.records.runs import Runs
from bot.domain.project import Caller, Sentence
from bot.domain.runs import NewRun, RunReason, RunState
from bot.jobs.clock_jumps import ClockJumps
from bot.labelling.repositories.holds import Holds
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.projects import Projects
from bot.training.commands import RunStarted, StartTraining
from bot.training.run_executor import LEASE
from tests.bot.training.test_scheduling import (
    Engine,
    Process,
    Time,
    finish,
    history,
    idle,
    live_through,
    process,
)
from tests.db.conftest import ANN, BEN, HERE, Clock, add
from tests.support.patience import patient

JUMPS = pytest.mark.parametrize(
    "jump",
    [timedelta(days=1), timedelta(hours=1), -timedelta(hours=1), -timedelta(days=1)],
    ids=str,
)
LOOKS = 90 // 5
"""Looks in 90 seconds."""


@dataclass
class Running(Time):
    """A wall clock that runs, and can be set."""

    begun: float = field(default_factory=machine.monotonic)

    def __call__(self) -> datetime:
        return self.now + timedelta(seconds=machine.monotonic() - self.begun)


@dataclass
class Seconds:
    """A monotonic clock that is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def signs_of(bot: Process) -> object:
    return await bot.maintenance.signs()


@JUMPS
async def test_a_training_goes_on_however_the_clock_jumps(url: str, jump: timedelta) -> None:
    """Neither its own process nor another one takes it for one that is gone."""
    wall, seconds, engine = Running(), Seconds(), Engine()
    engine.may_end.clear()
    async with (
        process(url, wall, engine=engine, monotonic=seconds) as one,
        process(url, wall, name="box:2:b", monotonic=seconds) as two,
    ):
        await finish(one.store, 10)
        answer = await one.handle(StartTraining(), Caller("T1", "C1", "U1", "Ev"))
        assert isinstance(answer, RunStarted)
        for look in range(LOOKS):
            if look == 3:
                wall.now += jump
            before = await signs_of(one)
            async with asyncio.timeout(patient(5)):
                while await signs_of(one) == before:  # noqa: ASYNC110 - rows do not call
                    await asyncio.sleep(0.01)
            seconds.now += 5
            await one.clock.look()
            await two.clock.look()
        engine.may_end.set()
        assert [run.state for run in await idle(one)] == [RunState.SUCCEEDED]


async def left_behind(store: Store, bot: Process, *, running: bool) -> None:
    """A run of a process that is gone."""
    async with store.writing("T1") as tx:
        project = await Projects(tx).ensure_default()
        new = NewRun(project.id, RunReason.COMMAND, "cnn", "U1", "C1")
        run = await Runs(tx).claim(new, owner="box:9:gone", lease=LEASE)
    assert run is not None
    if running:
        await bot.maintenance.take_place(run.id, owner="box:9:gone", lease=LEASE, limit=9)


@JUMPS
@pytest.mark.parametrize("running", [True, False], ids=["running", "waiting"])
async def test_a_run_whose_process_is_gone_is_taken_up_within_90_seconds_however_the_clock_jumps(
    url: str, jump: timedelta, running: bool
) -> None:
    wall, seconds = Running(), Seconds()
    async with process(url, wall, monotonic=seconds) as bot:
        await finish(bot.store, 10)
        await left_behind(bot.store, bot, running=running)
        wall.now += jump
        for _ in range(LOOKS):
            await bot.clock.look()
            seconds.now += 5
        states = [run.state for run in await idle(bot)]
    again = [RunState.INTERRUPTED] if running else []
    assert states == [*again, RunState.SUCCEEDED]
    assert len(bot.engine.jobs) == 1


@JUMPS
async def test_a_clock_that_jumps_while_nerbot_is_down_keeps_no_run(
    url: str, jump: timedelta
) -> None:
    wall, seconds = Running(), Seconds()
    async with process(url, wall, monotonic=seconds) as bot:
        await finish(bot.store, 10)
        await left_behind(bot.store, bot, running=True)
    wall.now += jump
    async with process(url, wall, name="box:2:b", monotonic=seconds) as bot:
        for _ in range(LOOKS):
            await bot.clock.look()
            seconds.now += 5
        await idle(bot)
        assert [run.state for run in await history(bot.store)][-1] is RunState.SUCCEEDED


# --- schedules --------------------------------------------------------------------------------------------------


@pytest.mark.timeout(patient(300))
async def test_clocks_that_are_set_run_no_slot_twice_and_miss_none_but_by_the_rule(
    url: str,
) -> None:
    await live_through(url, datetime(2026, 3, 26, tzinfo=UTC), days=5, seed=11)


# --- sentences people work on ----------------------------------------------------------------------------------


@pytest.fixture
async def two_sentences(store: Store, project_id: int) -> tuple[Sentence, Sentence]:
    """The first of them is Ann's now."""
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        assert await Queue(tx).next(project_id, ANN) == one
    return one, two


async def next_of_ben(store: Store, project_id: int) -> Sentence | None:
    async with store.writing(HERE) as tx:
        return await Queue(tx).next(project_id, BEN)


@JUMPS
async def test_a_sentence_somebody_works_on_stays_theirs_when_the_clock_jumps(
    database: Database,
    store: Store,
    clock: Clock,
    project_id: int,
    two_sentences: tuple[Sentence, Sentence],
    jump: timedelta,
) -> None:
    seconds = Seconds()
    jumps = ClockJumps(Holds(database).clock_moved, clock=clock, monotonic=seconds)
    clock.now += jump
    await jumps.look()
    assert await next_of_ben(store, project_id) == two_sentences[1]


@JUMPS
async def test_a_sentence_that_was_let_go_is_free_when_the_clock_jumps(
    database: Database,
    store: Store,
    clock: Clock,
    project_id: int,
    two_sentences: tuple[Sentence, Sentence],
    jump: timedelta,
) -> None:
    seconds = Seconds()
    jumps = ClockJumps(Holds(database).clock_moved, clock=clock, monotonic=seconds)
    clock.move(minutes=31)
    seconds.now += 31 * 60
    clock.now += jump
    await jumps.look()
    assert await next_of_ben(store, project_id) == two_sentences[0]


async def test_a_clock_that_was_set_back_while_nerbot_was_down_keeps_no_sentence(
    store: Store, clock: Clock, project_id: int, two_sentences: tuple[Sentence, Sentence]
) -> None:
    clock.move(hours=-1)
    assert await next_of_ben(store, project_id) == two_sentences[0]


# --- what is to be told ----------------------------------------------------------------------------------------


@JUMPS
async def test_a_message_on_its_way_is_not_sent_twice_when_the_clock_jumps(
    database: Database, store: Store, clock: Clock, jump: timedelta
) -> None:
    delivery = OutboxDelivery(database, clock)
    async with store.writing(HERE) as tx:
        await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "."}))
    [sent] = await delivery.claim(limit=9)
    clock.now += jump
    await delivery.clock_moved(clock.now - jump, clock.now)
    assert await delivery.claim(limit=9, besides=[sent.id]) == ()
    if jump > timedelta(0):
        assert await delivery.claim(limit=9) != ()


@JUMPS
async def test_a_message_that_waits_is_tried_again_in_time_however_the_clock_jumps(
    database: Database, store: Store, clock: Clock, jump: timedelta
) -> None:
    delivery = OutboxDelivery(database, clock)
    async with store.writing(HERE) as tx:
        await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "."}))
    [sent] = await delivery.claim(limit=9)
    await delivery.failed(sent, error="x", due_at=clock.now + timedelta(minutes=3))
    clock.now += jump
    await delivery.clock_moved(clock.now - jump, clock.now)
    clock.move(minutes=4)
    assert [each.id for each in await delivery.claim(limit=9)] == [sent.id]
