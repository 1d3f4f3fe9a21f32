"""Deliveries with 30 % duplicates, out of order, with restarts: exactly once. DELIVERIES says how many; 100,000 for a
release."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.torture.deliveries import Deliveries
from tests.torture.options import SEED, bound, number, tell
from tests.torture.typed_deliveries import AN_EXAMPLE, TypedDeliveries


@pytest.mark.timeout(6 * 3600)
async def test_every_delivery_has_its_effect_once(tmp_path: Path) -> None:
    """The seed printed."""
    print(f"deliveries with the seed {SEED}")  # noqa: T201 - so that it can be lived again
    url = f"sqlite+aiosqlite:///{tmp_path}/nerbot.db"
    deliveries = Deliveries(url, random.Random(SEED))
    await deliveries.deliver(number("DELIVERIES", 100_000))
    print(f"{len(deliveries.answers)} requests answered, {deliveries.repeated} repeats")  # noqa: T201


@pytest.mark.timeout(0)
async def test_what_is_typed_and_pressed_is_done_once_however_often_and_late_it_comes(
    tmp_path: Path,
) -> None:
    """The seed printed."""
    count, told = number("DELIVERIES", 100_000), Counter[str]()
    tell(f"\n{count:,} typed deliveries with the seed {SEED}")
    for turn in range(-(-count // AN_EXAMPLE)):
        file = tmp_path / f"{turn}.db"
        deliveries = TypedDeliveries(file, random.Random(SEED + turn))
        await deliveries.deliver(min(AN_EXAMPLE, count - turn * AN_EXAMPLE))
        told += deliveries.told
        file.unlink()
    tell(f"{dict(told)}; repeats: {bound(told['repeated'])}")
