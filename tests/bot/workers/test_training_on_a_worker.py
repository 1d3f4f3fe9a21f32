"""/train with a worker on another machine: what people see is what they always see."""

from pathlib import Path

import pytest

from tests.bot.training.test_training import ended
from tests.bot.workers.conftest import Farm
from tests.support.object_store import STORES, address_of
from tests.support.patience import patient


@pytest.fixture(params=STORES)
def models(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder and a bucket, also where time is short: this one test shows that each carries a training."""
    return address_of(request.param, request, tmp_path, monkeypatch)


async def test_a_training_on_a_worker_ends_as_one_beside_the_bot_does(farm: Farm) -> None:
    """The model is live with its scores, answers here, and nothing is left on the way."""
    async with farm.worker() as worker, farm.bot() as team:
        await team.types("/train")
        assert "model 1 is live" in (await ended(team)).text
        assert "SYMPTOM" in await team.asks("/ner A patient with fever takes codeine.")
        await farm.slack.until(lambda: not farm.left(), timeout=patient(10))
        status, _ = await worker.stop()
        assert status == 0
