"""Whole years of schedules in three time zones, with clocks that jump and bots that are restarted."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.bot.training.test_scheduling import live_through
from tests.torture.options import SEED, number


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("turn", range(number("YEARS", 1)))
async def test_a_year_runs_no_slot_twice_and_misses_none_but_by_the_rule(
    tmp_path: Path, turn: int
) -> None:
    """A year, the seed printed."""
    seed = random.Random(SEED + turn).randrange(2**32)
    print(f"a year with the seed {seed}")  # noqa: T201 - so that it can be lived again
    url = f"sqlite+aiosqlite:///{tmp_path}/nerbot.db"
    await live_through(url, datetime(2026, 1, 1, tzinfo=UTC), days=366, seed=seed)
