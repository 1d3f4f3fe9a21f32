"""`nerbot predict --in … --out …` by workers: the same bytes as here, whichever worker is killed."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.bot.bulk.test_predict_files import RUN, files, predict, words
from tests.bot.workers.conftest import Farm
from tests.support.patience import patient


@pytest.fixture
def model(trained_once: Path) -> Path:
    return trained_once / "data/models/1/1"


async def by_workers(farm: Farm, model: Path, read: Path, out: Path) -> asyncio.subprocess.Process:
    """The command that waits for them."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("NERBOT_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, *words(model, read, out)),
        env={
            **clean,
            **farm.shared,
            "NERBOT_ENV_FILE": "",
            "NERBOT_JOBS": "procrastinate",
            "NERBOT_DATA": str(farm.folder / "leader"),
        },
        stdout=asyncio.subprocess.PIPE,
    )


async def test_two_workers_find_what_one_machine_finds_and_a_killed_one_costs_its_shard(
    farm: Farm, model: Path
) -> None:
    """Nothing is left on the way: no row, no object, no file."""
    texts = farm.folder / "texts.txt"
    texts.write_text("".join(f"Patient {n} with fever takes codeine.\n" for n in range(400)))
    here, there = farm.folder / "here", farm.folder / "there"
    async with farm.worker() as killed, farm.worker():
        command = await by_workers(farm, model, texts, there)
        async with asyncio.timeout(patient(60)):
            while len(files(there)) < 3:  # noqa: ASYNC110 - a folder does not call
                await asyncio.sleep(0.05)
        await killed.kill()
        async with asyncio.timeout(patient(60)):
            said, _ = await command.communicate()
        assert command.returncode == 0
        assert json.loads(said)["sentences"] == 400
        assert not farm.objects()
    assert (await asyncio.to_thread(predict, model, texts, here)).returncode == 0
    assert files(there) == files(here)
