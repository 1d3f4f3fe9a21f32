"""Two tenants on one database: 10,000 random operations with guessed ids, with PostgreSQL's policies in force."""

import pytest

from bot.db.database import Database, Store
from tests.db.conftest import Clock
from tests.db.test_row_security import database as locked
from tests.db.test_two_tenants import play, two_tenants
from tests.support.patience import patient

__all__ = ["locked"]

pytestmark = [pytest.mark.scale, pytest.mark.timeout(patient(1800))]


async def test_ten_thousand_guesses_reach_no_row_of_the_other_one(locked: Database) -> None:
    clock = Clock()
    store = Store(locked, clock)
    things, answered = await two_tenants(locked, store, clock), 0
    for seed in range(10):
        answered += await play(locked, store, things, operations=1000, seed=seed)
    print(f"answered with something: {answered} of 10000")  # noqa: T201 - a number for the table
