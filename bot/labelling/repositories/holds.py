"""The sentences people work on, over all workspaces, where the clock was set."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, or_, update

from bot.db.clock import SKEW, Jump
from bot.db.database import Database
from bot.db.tables.queue import hand
from bot.db.tables.sentences import annotation
from bot.labelling.repositories.queue import HOLD

_LET_GO = datetime(1970, 1, 1, tzinfo=UTC)
"""Long ago by any clock, and by that of a process that has not noticed yet."""
_MARGIN = timedelta(seconds=1)


class Holds:
    """Who works on which sentence, in all workspaces at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def clock_moved(self, jump: Jump) -> None:
        """What was held stays held, for half an hour from now, and what was free stays free; what other processes did
        by the new time stays as it is."""

        def is_held(moment: ColumnElement[datetime]) -> ColumnElement[bool]:
            return and_(moment > jump.expected - HOLD, moment <= jump.expected + SKEW)

        theirs = exists().where(
            annotation.c.workspace == hand.c.workspace,
            annotation.c.project_id == hand.c.project_id,
            annotation.c.sentence_id == hand.c.sentence_id,
            annotation.c.person == hand.c.person,
            is_held(annotation.c.updated_at),
        )
        held = or_(is_held(hand.c.taken_at), theirs)
        is_new = and_(
            hand.c.taken_at > jump.now - jump.passed - _MARGIN, hand.c.taken_at <= jump.now + SKEW
        )
        async with self._database.writing() as connection:
            await connection.execute(
                update(hand).where(~is_new).values(taken_at=case((held, jump.now), else_=_LET_GO))
            )
