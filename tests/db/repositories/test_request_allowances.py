"""How many requests of one workspace several bots answer together."""

from collections import Counter

import pytest

from bot.db.database import Database
from bot.db.records.request_allowances import RequestAllowances
from bot.errors import Busy, StoreUnavailable
from bot.operations.allowance import SECONDS, SharedAllowance
from tests.db.conftest import HERE, Clock

TIMES = 100


class Bots:
    """Two bots on one database, and what they ask of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.asked = 0
        self._kept = RequestAllowances(database, clock=clock)
        self.each = [
            SharedAllowance(self._take, times=TIMES, monotonic=clock.monotonic) for _ in range(2)
        ]

    async def _take(self, workspace: str, count: int) -> bool:
        self.asked += 1
        return await self._kept.take(workspace, count, times=TIMES, seconds=SECONDS)

    async def ask(self, number: int, workspace: str = HERE) -> Counter[str]:
        """Ask the two in turns; how many requests were answered, and how many refused."""
        told: Counter[str] = Counter()
        for request in range(number):
            try:
                await self.each[request % 2].take(workspace, "")
            except Busy:
                told["refused"] += 1
            else:
                told["answered"] += 1
        return told


@pytest.fixture
def bots(database: Database, clock: Clock) -> Bots:
    return Bots(database, clock)


async def test_two_bots_answer_together_as_many_requests_as_the_workspace_has(bots: Bots) -> None:
    assert await bots.ask(3 * TIMES) == {"answered": TIMES, "refused": 2 * TIMES}
    assert (await bots.ask(2, "T0OTHER"))["answered"] == 2


async def test_the_database_is_asked_once_for_five_requests_and_not_for_each_that_is_refused(
    bots: Bots,
) -> None:
    """Whoever floods a workspace does not flood the database."""
    await bots.ask(10 * TIMES)
    assert bots.asked <= TIMES / 5 + 2 * 2


async def test_what_was_used_runs_off_with_time(bots: Bots, clock: Clock) -> None:
    await bots.ask(2 * TIMES)
    clock.move(seconds=SECONDS / 2)
    assert (await bots.ask(2 * TIMES))["answered"] == TIMES // 2


async def test_what_a_bot_took_and_did_not_use_is_not_good_for_ever(
    bots: Bots, clock: Clock
) -> None:
    """Else each bot would answer its share beyond what the workspace has."""
    await bots.ask(2)
    clock.move(seconds=SECONDS)
    assert (await bots.ask(2 * TIMES))["answered"] == TIMES


async def test_a_database_that_does_not_answer_refuses_nobody() -> None:
    async def unavailable(_workspace: str, _count: int) -> bool:
        raise StoreUnavailable("busy")

    allowance = SharedAllowance(unavailable, times=1)
    for _ in range(3):
        await allowance.take(HERE, "")
