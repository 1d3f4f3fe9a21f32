"""What the torture loop of typed deliveries does, in the size of a push."""

import random
from pathlib import Path

import pytest

from tests.support.patience import patient
from tests.torture.options import SEED
from tests.torture.typed_deliveries import TypedDeliveries


@pytest.mark.timeout(patient(60))
async def test_what_is_typed_and_pressed_is_done_once_however_often_and_late_it_comes(
    tmp_path: Path,
) -> None:
    print(f"deliveries with the seed {SEED}")  # noqa: T201 - so that it can be lived again
    deliveries = TypedDeliveries(tmp_path / "nerbot.db", random.Random(SEED))
    await deliveries.deliver(300)
    assert deliveries.told["repeated"] > 30
