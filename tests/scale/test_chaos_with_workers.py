"""Bots and workers are killed at random while people label and train: nothing is lost, each run is told and tried
again within what is promised.

SECONDS_OF_CHAOS=600 is more of it, SEED repeats a run.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.objects.opening import open_objects
from tests.bot.conftest import GOLD
from tests.support.patience import PATIENCE, patient
from tests.support.scale.cluster import Cluster
from tests.support.scale.people import People
from tests.support.trainers import fault_in_trainings
from tests.torture.options import SEED, number, tell

pytestmark = [pytest.mark.scale, pytest.mark.timeout(0)]

SECONDS = number("SECONDS_OF_CHAOS", 120)
BOTS, WORKERS = ("one", "two", "three"), ("left", "right")
TOLD_SECONDS, RETRIED_SECONDS, ATTEMPTS = 25.0, 30.0, 3
_RUNS = "SELECT id, state, attempt, retry_of, owner, told FROM run ORDER BY id"
_CARRIED = "SELECT run_id, worker FROM job WHERE state = 'running'"
_OVER = ("succeeded", "failed", "interrupted", "cancelled")


@pytest.fixture
def cluster_environment(tmp_path: Path) -> dict[str, str]:
    """All are as quick to give up as they are in earnest, and a training takes long enough to be hit."""
    slow = fault_in_trainings(
        tmp_path / "slow", "import random, time\ntime.sleep(random.uniform(2, 10))"
    )
    return {
        "NERBOT_JOBS": "procrastinate",
        "NERBOT_MODELS": f"file://{tmp_path}/objects",
        "NERBOT_PATIENCE": "1",
        "PYTHONPATH": f"{slow}:{Path.cwd()}",
    }


def promised(seconds: float) -> float:
    return seconds * PATIENCE / 10


@dataclass
class Chaos:
    """Who is killed, and what becomes of the runs that a killed one was at."""

    cluster: Cluster
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    told: list[float] = field(default_factory=list)
    retried: list[float] = field(default_factory=list)

    async def hit(self) -> None:
        """Kill one of all, see to it that its runs are told and tried again, and start it again."""
        name = self.chance.choice((*BOTS, *WORKERS))
        bot = self.cluster.bots.get(name)
        held = await self.held_by(name)
        began = time.monotonic()
        await self.cluster.kill(name)
        self.killed["bots" if bot else "workers"] += 1
        back = asyncio.create_task(self._back(name))
        for run_id in held:
            await self._followed(run_id, began)
        await back

    async def held_by(self, name: str) -> list[int]:
        """The runs that train with this bot or this worker."""
        runs = await self.cluster.ask(_RUNS)
        running = {row[0]: row[4] for row in runs if row[1] == "running"}
        if name in self.cluster.bots:
            mark = f":{self.cluster.bots[name].pid}:"
            return [run_id for run_id, owner in running.items() if mark in owner]
        mark = f":{self.cluster.workers[name].pid}:"
        carried = await self.cluster.ask(_CARRIED)
        return [run_id for run_id, worker in carried if mark in worker and run_id in running]

    async def _back(self, name: str) -> None:
        await asyncio.sleep(self.chance.uniform(0, 6))
        await (self.cluster.start_bot(name) if name in BOTS else self.cluster.start_worker(name))

    async def _followed(self, run_id: int, began: float) -> None:
        """Wait until a run is told and tried again. One may have ended in the moment of the kill."""

        def told(rows: list[tuple[Any, ...]]) -> bool:
            return any(row[0] == run_id and row[1] in _OVER and row[5] for row in rows)

        rows = await self.cluster.until(_RUNS, told, within=60)
        [(state, attempt)] = [(row[1], row[2]) for row in rows if row[0] == run_id]
        if state != "interrupted":
            return
        self.told.append(time.monotonic() - began)
        if attempt < ATTEMPTS:
            # Where somebody asked for another training first, that one takes its place.
            rows = await self.cluster.until(
                _RUNS, lambda found: any(row[0] > run_id for row in found), within=60
            )
            if any(row[3] == run_id for row in rows):
                self.retried.append(time.monotonic() - began)


@asynccontextmanager
async def training(cluster: Cluster) -> AsyncIterator[None]:
    """Somebody asks for a training whenever there is none."""

    async def ask() -> None:
        while True:
            await cluster.slack.command("ada", "#triage", "/train", "cnn")
            await asyncio.sleep(3)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def test_whoever_is_killed_nothing_is_lost_and_each_run_has_an_end(cluster: Cluster) -> None:
    """Labels are there once, each run is told and tried again in time, and no job is left behind."""
    tell(f"\n{SECONDS} s of kills among {len(BOTS)} bots and {len(WORKERS)} workers, seed {SEED}")
    chaos = Chaos(cluster, random.Random(SEED))
    people = People(cluster, random.Random(SEED + 1))
    for name in BOTS:
        await cluster.start_bot(name)
    for name in WORKERS:
        await cluster.start_worker(name)
    for line in GOLD:
        command, _, rest = line.partition(" ")
        assert (await cluster.slack.command("ada", "#triage", command, rest)).error is None
    until = time.monotonic() + SECONDS
    async with people.labelling(), training(cluster):
        while time.monotonic() < until:
            await asyncio.sleep(chaos.chance.uniform(0.5, 6))
            await chaos.hit()
    rows = await cluster.until(
        _RUNS, lambda found: all(row[1] in _OVER and row[5] for row in found), within=180
    )
    states = Counter(row[1] for row in rows)
    seen = (
        f"{dict(chaos.killed)} killed, {len(people.saved)} saved, {len(people.unanswered)} without an answer; "
        f"runs: {dict(states)}; told after {_most(chaos.told)}, tried again after {_most(chaos.retried)} s at most"
    )
    tell(seen)
    assert await people.wrong() == [], seen
    assert people.unanswered == [], seen
    assert cluster.proxy.lost == 0, seen
    assert rows[-1][1] != "interrupted" or rows[-1][2] == ATTEMPTS, seen
    assert max(row[2] for row in rows) <= ATTEMPTS, seen
    assert states["succeeded"] > 0, seen
    assert max(chaos.told, default=0) <= promised(TOLD_SECONDS), seen
    assert max(chaos.retried, default=0) <= promised(RETRIED_SECONDS), seen
    # Cleared away by whoever is there: rows at once, objects with them.
    await cluster.until("SELECT count(*) FROM job", lambda found: found == [(0,)], within=30)
    objects = open_objects(cluster.environment["NERBOT_MODELS"])
    await cluster.slack.until(lambda: not [*objects.list("jobs")], timeout=patient(30))


def _most(seconds: list[float]) -> str:
    return f"{max(seconds):.1f} ({len(seconds)})" if seconds else "-"
