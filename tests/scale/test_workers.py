"""What is promised of trainings on workers when processes are killed, in seconds.

Each is held to what is promised times NERBOT_TEST_PATIENCE / 10, which is once by default.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bot.playground import Message
from tests.bot.conftest import GOLD
from tests.support.patience import PATIENCE, patient
from tests.support.scale.cluster import Cluster
from tests.support.trainers import trainers

pytestmark = pytest.mark.scale

CANCELLED, TOLD, RETRIED = 10.0, 25.0, 30.0
AS_PROMISED = {"NERBOT_PATIENCE": "1"}
"""Bots and workers are as quick to give up as they are in earnest."""


@pytest.fixture
def cluster_environment(tmp_path: Path) -> dict[str, str]:
    return {
        "NERBOT_JOBS": "procrastinate",
        "NERBOT_MODELS": f"file://{tmp_path}/objects",
        **AS_PROMISED,
    }


def promised(seconds: float) -> float:
    return seconds * PATIENCE / 10


async def says(cluster: Cluster, line: str) -> None:
    command, _, rest = line.partition(" ")
    answer = await cluster.slack.command("ada", "#triage", command, rest)
    assert answer.error is None, answer


async def train(cluster: Cluster) -> None:
    for line in GOLD:
        await says(cluster, line)
    await cluster.until(
        "SELECT count(*) FROM annotation WHERE finished",
        lambda found: found[0][0] >= len(GOLD),
        within=10,
    )
    await says(cluster, "/train")


def run_message(cluster: Cluster) -> Message:
    told = reversed(cluster.slack.messages("#triage"))
    return next(m for m in told if "Training" in m.text)


async def until(thing: Callable[[], object]) -> float:
    """The seconds until something is so."""
    began = time.monotonic()
    async with asyncio.timeout(patient(60)):
        while not thing():  # noqa: ASYNC110 - processes do not call
            await asyncio.sleep(0.05)
    return time.monotonic() - began


async def training_on(*pids: int) -> psutil.Process:
    await until(lambda: any(trainers(pid) for pid in pids))
    return next(each for pid in pids for each in trainers(pid))


def over(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def live(cluster: Cluster) -> None:
    await cluster.slack.until(lambda: "is live" in run_message(cluster).text, timeout=patient(60))


async def test_a_cancel_ends_the_process_on_the_worker(cluster: Cluster) -> None:
    """From what a person types to a processor that is free again."""
    worker = await cluster.start_worker("worker")
    await cluster.start_bot("bot")
    await train(cluster)
    training = await training_on(worker.pid)
    await says(cluster, "/train cancel")
    seconds = await until(lambda: over(training))
    print(f"cancel to process gone: {seconds:.1f} s")  # noqa: T201
    assert seconds <= promised(CANCELLED)


async def test_a_killed_worker_is_told_and_its_training_tried_again(cluster: Cluster) -> None:
    """Its process is gone with it, and another worker has it within half a minute."""
    one = await cluster.start_worker("one")
    two = await cluster.start_worker("two")
    await cluster.start_bot("bot")
    await train(cluster)
    training = await training_on(one.pid, two.pid)
    victim, heir = ("one", two) if trainers(one.pid) else ("two", one)
    began = time.monotonic()
    await cluster.kill(victim)
    await until(lambda: over(training))
    await cluster.until(
        "SELECT count(*) FROM run WHERE state = 'interrupted'",
        lambda found: found[0][0] == 1,
        within=30,
    )
    told = time.monotonic() - began
    await training_on(heir.pid)
    retried = time.monotonic() - began
    print(f"worker killed: told after {told:.1f} s, tried again after {retried:.1f} s")  # noqa: T201
    await live(cluster)
    assert told <= promised(TOLD)
    assert retried <= promised(RETRIED)


async def test_a_killed_bots_training_is_told_and_tried_again(cluster: Cluster) -> None:
    """The other bot does so, and the worker lets go of what nobody waits for."""
    worker = await cluster.start_worker("worker")
    for name in ("one", "two"):
        await cluster.start_bot(name)
    await train(cluster)
    training = await training_on(worker.pid)
    owner = (await cluster.ask("SELECT owner FROM run WHERE state = 'running'"))[0][0]
    victim = next(name for name, bot in cluster.bots.items() if f":{bot.pid}:" in owner)
    began = time.monotonic()
    await cluster.kill(victim)
    await cluster.until(
        "SELECT count(*) FROM run WHERE state = 'interrupted'",
        lambda found: found[0][0] == 1,
        within=40,
    )
    told = time.monotonic() - began
    await until(lambda: over(training))
    await until(lambda: [each for each in trainers(worker.pid) if each != training])
    retried = time.monotonic() - began
    print(f"bot killed: told after {told:.1f} s, tried again after {retried:.1f} s")  # noqa: T201
    await live(cluster)
    await cluster.until("SELECT count(*) FROM job", lambda found: found[0][0] == 0, within=20)
    assert told <= promised(TOLD)
    assert retried <= promised(RETRIED)
