"""Trainings on a Ray cluster: the same rows, the same ends."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from tests.scale.test_workers import live, over, says, train
from tests.support.patience import patient
from tests.support.ray_cluster import needs_ray, python_path, ray_cluster
from tests.support.scale.cluster import Cluster
from tests.support.trainers import fault_in_trainings, is_trainer

pytestmark = [pytest.mark.scale, needs_ray]

_RUNS = "SELECT id, state, retry_of FROM run ORDER BY id"


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path leaves room for the names of sockets."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster_environment(tmp_path: Path) -> dict[str, str]:
    return {
        "NERBOT_JOBS": "ray",
        "NERBOT_MODELS": f"file://{tmp_path}/objects",
        "PYTHONPATH": python_path(),
    }


@pytest.fixture
async def ray(cluster: Cluster, short: Path, tmp_path: Path) -> AsyncIterator[Path]:
    """A node that has the database and the objects and no token; bots are told of it. A training begins with
    what is in the file `fault` of the folder."""
    slow = fault_in_trainings(tmp_path / "fault", "import time\ntime.sleep(12)")
    environment = {
        **cluster.environment,
        "NERBOT_DATABASE_URL": cluster.url,
        "NERBOT_DATA": str(tmp_path / "node"),
        "NERBOT_ENCODER": "minilm",
        "PYTHONPATH": f"{slow}:{python_path()}",
    }
    async with ray_cluster(short, environment) as address:
        await cluster.start_bot("bot", RAY_ADDRESS=address)
        yield short


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def trainings() -> list[psutil.Process]:
    return [each for each in psutil.process_iter() if is_trainer(each) and _is_on_ray(each)]


def _is_on_ray(process: psutil.Process) -> bool:
    return any("--job" in parent.cmdline() for parent in process.parents())


async def training() -> psutil.Process:
    async with asyncio.timeout(patient(90)):
        while not (found := trainings()):  # noqa: ASYNC110 - processes do not call
            await asyncio.sleep(0.2)
    return found[0]


async def test_a_training_on_a_ray_cluster_goes_live_and_leaves_nothing(
    cluster: Cluster, ray: Path, tmp_path: Path
) -> None:
    """No token is on the node, no text in what Ray keeps of a task, and no job is left."""
    await train(cluster)
    on_node = await training()
    runner = next(each for each in on_node.parents() if "--job" in each.cmdline())
    assert not [name for name in runner.environ() if name.startswith("SLACK_")]
    await live(cluster)
    await cluster.until("SELECT count(*) FROM job", lambda found: found == [(0,)], within=20)
    assert not files(tmp_path / "objects/jobs")
    assert not [path for path in files(ray) if b"chest pain" in path.read_bytes()]


async def test_a_cancel_ends_the_process_on_the_node(cluster: Cluster, ray: Path) -> None:
    """From what a person types to a processor that is free again."""
    await train(cluster)
    on_node = await training()
    began = time.monotonic()
    await says(cluster, "/train cancel")
    async with asyncio.timeout(patient(10)):
        while not over(on_node):  # noqa: ASYNC110 - processes do not call
            await asyncio.sleep(0.1)
    print(f"cancel to process gone: {time.monotonic() - began:.1f} s")  # noqa: T201
    await cluster.until("SELECT count(*) FROM job", lambda found: found == [(0,)], within=20)


async def test_what_is_killed_on_the_node_is_tried_again_by_nerbot_and_not_by_ray(
    cluster: Cluster, ray: Path
) -> None:
    """The run is told as interrupted, and its retry is another run."""
    await train(cluster)
    on_node = await training()
    runner = next(each for each in on_node.parents() if "--job" in each.cmdline())
    runner.kill()
    rows = await cluster.until(_RUNS, lambda found: len(found) == 2, within=60)
    assert [rows[0][1], rows[1][2]] == ["interrupted", rows[0][0]]
    assert await training() != on_node
    await live(cluster)
