"""Deliveries with 30 % duplicates, out of order, with restarts: exactly once. DELIVERIES says how many; 100,000 for a
release."""

import random
from pathlib import Path

import pytest

from tests.torture.deliveries import Deliveries
from tests.torture.options import SEED, number


@pytest.mark.timeout(6 * 3600)
async def test_every_delivery_has_its_effect_once(tmp_path: Path) -> None:
    """The seed printed."""
    print(f"deliveries with the seed {SEED}")  # noqa: T201 - so that it can be lived again
    url = f"sqlite+aiosqlite:///{tmp_path}/nerbot.db"
    deliveries = Deliveries(url, random.Random(SEED))
    await deliveries.deliver(number("DELIVERIES", 100_000))
    print(f"{len(deliveries.answers)} requests answered, {deliveries.repeated} repeats")  # noqa: T201
