"""Jobs that end otherwise than they should: cancelled, or with their worker, or never taken."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.bot.training.test_training import ended, run_message
from tests.bot.workers.conftest import Farm
from tests.support.patience import patient
from tests.support.trainers import fault_in_trainings, trainers


@pytest.fixture
def endless(tmp_path: Path) -> str:
    """PYTHONPATH with which a training ends with its worker alone."""
    code = (
        "import os, time\nworker = os.getppid()\nwhile os.getppid() == worker != 1: time.sleep(0.2)"
    )
    folder = fault_in_trainings(tmp_path / "fault", f"{code}\nos._exit(1)")
    return os.pathsep.join((str(folder), str(Path.cwd())))


async def training_on(pid: int) -> psutil.Process:
    """The training of a worker, as soon as there is one."""
    async with asyncio.timeout(patient(30)):
        while not (found := trainers(pid)):  # noqa: ASYNC110 - a process does not call
            await asyncio.sleep(0.1)
    return found[0]


async def gone(process: psutil.Process) -> None:
    async with asyncio.timeout(patient(10)):
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.1)


async def test_a_cancelled_training_ends_on_its_worker(farm: Farm, endless: str) -> None:
    """The worker reads the run's row itself; nothing of the job is left, and the worker takes the next one."""
    async with farm.worker(PYTHONPATH=endless) as worker, farm.bot() as team:
        await team.types("/train cnn")
        training = await training_on(worker.pid)
        await team.types("/train cancel")
        await gone(training)
        assert "cancelled" in (await ended(team)).text
        await farm.slack.until(lambda: not farm.left(), timeout=patient(30))
        await team.types("/train cnn")
        assert await training_on(worker.pid) != training


async def test_a_killed_workers_training_is_told_and_tried_again_on_another_one(
    farm: Farm, endless: str
) -> None:
    """What the killed one left is cleared away when it starts again."""
    async with farm.bot(patience=2) as team:
        async with farm.worker(PYTHONPATH=endless) as worker:
            await team.types("/train")
            training = await training_on(worker.pid)
            await worker.kill()
            await gone(training)
            assert farm.left()
        async with farm.worker():
            await farm.slack.until(
                lambda: "model 1 is live" in run_message(team).text, timeout=patient(60)
            )
        assert "Training 2" in run_message(team).text
        farm.workers = 0
        async with farm.worker():
            await farm.slack.until(lambda: not farm.left(), timeout=patient(30))


@pytest.mark.scale
async def test_a_stopped_workers_training_goes_on_elsewhere_at_once(
    farm: Farm, endless: str
) -> None:
    """A worker that is asked to stop says so, and nobody waits for it to be taken for gone."""
    async with farm.bot() as team, farm.worker(PYTHONPATH=endless) as worker:
        await team.types("/train cnn")
        await training_on(worker.pid)
        async with farm.worker():
            worker.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(patient(15)):
                assert await worker.process.wait() == 0
            await farm.slack.until(
                lambda: "model 1 is live" in run_message(team).text, timeout=patient(60)
            )


@pytest.mark.scale
async def test_a_training_waits_for_the_first_worker(farm: Farm) -> None:
    """It is queued with the run's own row, so that none is lost before there is a worker."""
    async with farm.bot() as team:
        await team.types("/train cnn")
        await asyncio.sleep(1)
        async with farm.worker():
            assert "model 1 is live" in (await ended(team)).text
