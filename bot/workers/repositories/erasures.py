"""Whether anything was to be forgotten, in any workspace."""

from sqlalchemy import func, select

from bot.db.database import Database
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.erasure import departure, erasure


class Erasures:
    """What a worker has to know of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> tuple[int, int]:
        """Changes whenever something was to be forgotten, or nerbot was taken out of a workspace."""
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            forgotten = await connection.scalar(select(func.max(erasure.c.id)))
            left = await connection.scalar(select(func.count()).select_from(departure))
        return forgotten or 0, left or 0
