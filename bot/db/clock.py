"""The time by which everything is kept and compared that several processes share: the database's."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Self

from sqlalchemy import func, select

from bot.db.database import Database

SKEW = timedelta(minutes=1)
"""How far the clocks of processes that share a database may differ."""
PROMPT_SECONDS = 1.0
"""A database that takes longer to answer does not say what time it is now."""

_utc_now = partial(datetime.now, UTC)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database's clock said."""

    at: datetime
    seconds: float
    """When, by this process's monotonic clock."""


@dataclass(frozen=True, slots=True)
class Jump:
    """The database's clock was set."""

    expected: datetime
    """What it would say now if it had not been."""
    now: datetime
    passed: timedelta
    """How long ago that was at most: for so long other processes may have gone by the new time."""


class DatabaseClock:
    """The database's time, carried on by this process's monotonic clock from one reading to the next.

    What the clock of this machine says does not matter where the database is a server; a SQLite file has no clock but
    its machine's. A clock that is set is followed at the next reading, not in the middle of anything.
    """

    def __init__(
        self,
        database: Database,
        *,
        wall: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._wall = wall
        self._monotonic = monotonic
        self.last = Reading(wall(), monotonic())

    @classmethod
    async def of(cls, database: Database, *, wall: Callable[[], datetime] = _utc_now) -> Self:
        """One that has been read; raises StoreUnavailable."""
        clock = cls(database, wall=wall)
        clock.last = await clock._ask() or clock.last
        ahead = wall() - clock()
        if abs(ahead) >= SKEW:
            log.warning(
                "this machine's clock is %.0f s ahead of the database's, which counts",
                ahead.total_seconds(),
            )
        return clock

    def __call__(self) -> datetime:
        """The time, in UTC."""
        return self._at(self._monotonic())

    async def read(self) -> Reading:
        """What the database's clock says now; `last` stays what it is until that is followed. Raises
        StoreUnavailable."""
        return await self._ask() or Reading(self(), self._monotonic())

    def jump(self, reading: Reading) -> Jump:
        """How the clock was set since the last reading that was followed, if it was."""
        passed = timedelta(seconds=reading.seconds - self.last.seconds)
        return Jump(self._at(reading.seconds), reading.at, passed)

    def follow(self, reading: Reading) -> None:
        """Go by this reading from now on."""
        self.last = reading

    def _at(self, seconds: float) -> datetime:
        return self.last.at + timedelta(seconds=seconds - self.last.seconds)

    async def _ask(self) -> Reading | None:
        if not self._database.is_server:
            return Reading(self._wall(), self._monotonic())
        async with self._database.reading() as connection:
            before = self._monotonic()
            said: datetime | None = await connection.scalar(select(func.clock_timestamp()))
            after = self._monotonic()
        if said is None or after - before > PROMPT_SECONDS:
            return None
        return Reading(said.astimezone(UTC), (before + after) / 2)
