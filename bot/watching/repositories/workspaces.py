"""The workspaces in which channels are watched."""

from sqlalchemy import select

from bot.db.database import Database
from bot.db.served import Served
from bot.db.tables.watching import watch


class WatchedWorkspaces:
    """Those of the workspaces of a process in which something is watched."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def all(self) -> frozenset[str]:
        """Their ids."""
        wanted = select(watch.c.workspace).where(self._serves.rows(watch)).distinct()
        async with self._database.reading(self._serves) as connection:
            return frozenset(await connection.scalars(wanted))
