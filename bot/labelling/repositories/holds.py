"""The sentences people work on, in all workspaces that a process serves, where the clock was set."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, update

from bot.db.clock import SKEW, Jump
from bot.db.database import Database
from bot.db.records.assignments import HOLD
from bot.db.served import Served
from bot.db.tables.queue import handed

_LET_GO = datetime(1970, 1, 1, tzinfo=UTC)
"""Long ago by any clock, and by that of a process that has not noticed yet."""
_MARGIN = timedelta(seconds=1)


class Holds:
    """Who works on which sentence, in the workspaces of a process."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def clock_moved(self, jump: Jump) -> None:
        """What was held stays held, for half an hour from now, and what was free stays free; what other processes did
        by the new time stays as it is."""

        def is_held(moment: ColumnElement[datetime]) -> ColumnElement[bool]:
            return and_(moment > jump.expected - HOLD, moment <= jump.expected + SKEW)

        moment = handed.c.handed_at
        is_new = and_(moment > jump.now - jump.passed - _MARGIN, moment <= jump.now + SKEW)
        # What is free and would not look held keeps its place among what comes again.
        brought = case(
            (is_held(moment), jump.now), (moment > jump.now - HOLD, _LET_GO), else_=moment
        )
        mine = self._serves.rows(handed)
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(update(handed).where(mine, ~is_new).values(handed_at=brought))
