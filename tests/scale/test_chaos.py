"""Processes are killed at random while people label: nothing that was acknowledged is lost, every request is answered.

SECONDS_OF_CHAOS=600 is more of it, SEED repeats a run.
"""

import asyncio
import os
import random
import time
from collections import Counter

import pytest

from tests.support.patience import patient
from tests.support.scale.cluster import Cluster
from tests.support.scale.people import People
from tests.support.trainers import trainers
from tests.torture.options import SEED, number, tell

SECONDS = number("SECONDS_OF_CHAOS", 60)
BOTS = ("one", "two", "three")
TOLD_SECONDS, RETRIED_SECONDS = 25, 30
_RUNS = "SELECT id, state FROM run ORDER BY id"


@pytest.mark.scale
@pytest.mark.timeout(0)
async def test_bots_that_are_killed_lose_no_ack(cluster: Cluster) -> None:
    """One of three at a time, at random moments; the proxy asks another one, and Slack has its answer in time."""
    tell(f"\n{SECONDS} s of kills among {len(BOTS)} bots, with the seed {SEED}")
    chance = random.Random(SEED)
    people = People(cluster, random.Random(SEED + 1))
    for name in BOTS:
        await cluster.start_bot(name)
    killed: Counter[str] = Counter()
    until = time.monotonic() + SECONDS
    async with people.labelling():
        while time.monotonic() < until:
            await asyncio.sleep(chance.uniform(0.5, 4))
            name = chance.choice(BOTS)
            how = chance.choice(("killed", "killed", "stopped"))
            await (cluster.kill(name) if how == "killed" else cluster.stop(name))
            killed[how] += 1
            await cluster.start_bot(name)
    told = (
        f"{dict(killed)}, {len(people.saved)} saved, {len(people.unanswered)} without an answer, "
        f"{cluster.proxy.retried} sent to another bot, the longest answer {people.longest:.2f} s"
    )
    tell(told)
    assert await people.wrong() == [], told
    assert people.unanswered == [], told
    assert cluster.proxy.lost == 0, told


@pytest.mark.scale
@pytest.mark.timeout(0)
async def test_a_run_of_a_bot_that_is_killed_is_told_and_tried_again_by_another(
    cluster: Cluster,
) -> None:
    """Its lease ends, another bot says so where it was asked for, and trains again."""
    for name in ("one", "two"):
        await cluster.start_bot(name, NERBOT_PATIENCE=os.environ.get("CHAOS_PATIENCE", "1"))
    for line in range(14):
        await cluster.slack.command(
            "ada",
            "#triage",
            "/label",
            f"Patient {line} with {{a cough=SYMPTOM}} takes {{codeine=DRUG}}.",
        )
    await cluster.slack.command("ada", "#triage", "/train", "encoder")
    await cluster.until(_RUNS, lambda rows: bool(rows) and rows[-1][1] == "running", within=30)
    trains = next(name for name in ("one", "two") if _trains(cluster, name))
    began = time.monotonic()
    await cluster.kill(trains)
    await cluster.slack.until(
        lambda: any("Training 2" in each.text for each in cluster.slack.messages("#triage")),
        timeout=patient(60),
    )
    told = time.monotonic() - began
    await cluster.until(
        _RUNS,
        lambda rows: len(rows) == 2 and rows[1][1] in {"running", "succeeded"},
        within=60,
    )
    again = time.monotonic() - began
    tell(f"\ntold after {told:.1f} s, tried again after {again:.1f} s")
    assert told <= patient(TOLD_SECONDS)
    assert again <= patient(RETRIED_SECONDS)


def _trains(cluster: Cluster, name: str) -> bool:

    return bool(trainers(cluster.bots[name].pid))
