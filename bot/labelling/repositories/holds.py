"""The sentences people work on, over all workspaces, where the clock was set."""

from datetime import datetime

from sqlalchemy import and_, case, update

from bot.db.database import Database
from bot.db.tables.queue import hand
from bot.labelling.repositories.queue import HOLD


class Holds:
    """Who works on which sentence, in all workspaces at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def clock_moved(self, expected: datetime, now: datetime) -> None:
        """What was held stays held, for half an hour from now, and what was free stays free."""
        held = and_(hand.c.taken_at > expected - HOLD, hand.c.taken_at <= expected)
        async with self._database.writing() as connection:
            await connection.execute(
                update(hand).values(taken_at=case((held, now), else_=now - HOLD))
            )
