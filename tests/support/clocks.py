"""Clocks that a test sets."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.db.clock import DatabaseClock, Reading
from bot.db.database import Database

START = datetime(2031, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)


@dataclass
class Machine:
    """The wall clock and the monotonic clock of where a database is."""

    wall: datetime = START
    seconds: float = 0.0

    def passes(self, step: timedelta) -> None:
        """Both go on."""
        self.wall += step
        self.seconds += step.total_seconds()


class SetClock(DatabaseClock):
    """What the database's clock says, server or not, is what the machine's wall clock does in the test."""

    def __init__(self, database: Database, machine: Machine) -> None:
        super().__init__(database, wall=lambda: machine.wall, monotonic=lambda: machine.seconds)

    async def _ask(self) -> Reading:
        return Reading(self._wall(), self._monotonic())
