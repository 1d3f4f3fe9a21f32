"""The projects of all workspaces that a process serves: for chores alone, which nobody asks for."""

from sqlalchemy import select

from bot.db.database import Database
from bot.db.served import Served
from bot.db.tables.projects import project


class EveryProject:
    """Which projects there are."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def all(self) -> tuple[tuple[str, int], ...]:
        """The workspace and the id of each."""
        mine = self._serves.rows(project)
        wanted = select(project.c.workspace, project.c.id).where(mine).order_by(project.c.id)
        async with self._database.reporting(self._serves) as connection:
            return tuple((row.workspace, row.id) for row in await connection.execute(wanted))
