"""Whoever is sent something in an order: who is due, and who sends it just now. Webhooks and outputs alike."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Table, or_, select, update

from bot.db.clock import SKEW
from bot.db.database import Database
from bot.db.served import Served
from bot.db.transaction import Clock

CLAIM = timedelta(minutes=2)
"""How long one process may take for one delivery before another one takes it over."""
LONGEST_PAUSE = timedelta(hours=1.2)
"""How long it is waited at most before a receiver is tried again."""

R = TypeVar("R")


class Receivers(Generic[R]):
    """The receivers of the workspaces of a process in one table, as a sender works on them."""

    def __init__(
        self,
        database: Database,
        serves: Served,
        clock: Clock,
        table: Table,
        columns: Sequence[Column[Any]],
        read: Callable[[Row[*tuple[Any, ...]]], R],
    ) -> None:
        self._database = database
        self._serves = serves
        self._clock = clock
        self._table = table
        self._columns = tuple(columns)
        self._read = read

    async def due(self) -> tuple[R, ...]:
        """Those that can be sent something now, and that no process is at."""
        now, table = self._clock(), self._table
        wanted = select(*self._columns).where(
            self._mine,
            table.c.paused_at.is_(None),
            _passed(table.c.due_at, now, LONGEST_PAUSE),
            self._free(),
        )
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted.order_by(table.c.due_at, table.c.id))
            return tuple(map(self._read, rows))

    async def claim(self, number: int) -> R | None:
        """Take a receiver for this process alone, as it is now; None where another one has it."""
        table = self._table
        async with self._database.writing(sees=self._serves) as connection:
            taken = await connection.execute(
                update(table)
                .where(self._mine, table.c.id == number, self._free(), table.c.paused_at.is_(None))
                .values(claimed_until=self._clock() + CLAIM)
                .returning(*self._columns)
            )
            row = taken.first()
        return None if row is None else self._read(row)

    async def free(self) -> None:
        """Nobody is at any of them: whoever was has ended. Only where no other process has this database open."""
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(
                update(self._table)
                .where(self._mine, self._table.c.claimed_until.is_not(None))
                .values(claimed_until=None)
            )

    async def keep(self, number: int, **values: Any) -> None:
        """Note how far a receiver is, or why it is not."""
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(
                update(self._table).where(self._mine, self._table.c.id == number).values(**values)
            )

    @property
    def _mine(self) -> ColumnElement[bool]:
        return self._serves.rows(self._table)

    def _free(self) -> ColumnElement[bool]:
        claimed = self._table.c.claimed_until
        return or_(claimed.is_(None), _passed(claimed, self._clock(), CLAIM))


def _passed(
    moment: ColumnElement[datetime], now: datetime, longest: timedelta
) -> ColumnElement[bool]:
    """Whether a moment is over; one that is further ahead than any can be was noted by a clock that was set back."""
    return or_(moment <= now, moment > now + longest + SKEW)
