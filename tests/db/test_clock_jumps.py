"""Whatever the machine's clock does, nothing that lives is interrupted and nothing stays stuck; on both databases."""

import asyncio
import time as machine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.domain.project import Caller
from bot.domain.runs import NewRun, RunReason, RunState
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
