"""What the torture loop of deliveries does, in the size of a push."""

import random
from pathlib import Path

import pytest

from tests.support.patience import patient
from tests.torture.deliveries import Deliveries
from tests.torture.options import SEED


@pytest.mark.timeout(patient(60))
async def test_six_hundred_deliveries_have_their_effects_once(tmp_path: Path) -> None:
    print(f"deliveries with the seed {SEED}")  # noqa: T201 - so that it can be lived again
    deliveries = Deliveries(f"sqlite+aiosqlite:///{tmp_path}/nerbot.db", random.Random(SEED))
    await deliveries.deliver(600)
    assert deliveries.repeated > 120
