"""Workspaces that nerbot was taken out of, and what is erased of them after a while."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.db.repository import Repository, here, insert_if_new
from bot.db.tables import metadata
from bot.db.tables.erasure import departure, erasure

_ADD = insert_if_new(departure)
_MINE = here(departure)


class Departures(Repository):
    """Whether nerbot was taken out of the workspace, and since when."""

    __slots__ = ()

    async def leave(self) -> None:
        """nerbot was taken out now, unless it was before."""
        await self.execute(_ADD, since=self.clock())

    async def since(self) -> datetime | None:
        """Since when it is out; None where it is in."""
        found: datetime | None = (
            await self.execute(select(departure.c.since).where(_MINE))
        ).scalar()
        return found

    async def back(self) -> bool:
        """nerbot is in again; whether it was out."""
        gone = await self.execute(delete(departure).where(_MINE).returning(departure.c.since))
        return gone.first() is not None

    async def erase_all(self) -> None:
        """Erase every row of the workspace but those that say which files are to follow."""
        for table in reversed(metadata.sorted_tables):
            if table is not erasure:
                await self.execute(delete(table).where(here(table)))
