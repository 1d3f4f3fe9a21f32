"""What is still to be removed, in all workspaces that a process serves: ids and times, no texts."""

import json
from datetime import datetime

from sqlalchemy import func, select, update

from bot.db.database import Database
from bot.db.served import Served
from bot.db.tables.erasure import departure, erasure
from bot.db.tables.projects import project
from bot.erasure.commands import ErasedNames, Erasure


class ErasureMaintenance:
    """Erasures that are not done, each method in a transaction of its own."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def open(self) -> tuple[Erasure, ...]:
        """Oldest first."""
        is_open = erasure.c.done_at.is_(None)
        wanted = select(erasure).where(self._serves.rows(erasure), is_open).order_by(erasure.c.id)
        async with self._database.reading(self._serves) as connection:
            return tuple(
                Erasure(
                    row.id,
                    row.workspace,
                    row.project_id,
                    row.person,
                    tuple(json.loads(row.vectors)),
                    row.created_at,
                    cleaned=row.cleaned_at is not None,
                )
                for row in await connection.execute(wanted)
            )

    async def workspaces(self) -> tuple[str, ...]:
        """Every workspace that has a project."""
        wanted = select(project.c.workspace).where(self._serves.rows(project)).distinct()
        async with self._database.reading(self._serves) as connection:
            return tuple(await connection.scalars(wanted.order_by(project.c.workspace)))

    async def gone_since(self, before: datetime) -> tuple[str, ...]:
        """The workspaces that nerbot was taken out of before a time."""
        wanted = select(departure.c.workspace).where(
            self._serves.rows(departure), departure.c.since <= before
        )
        async with self._database.reading(self._serves) as connection:
            return tuple(await connection.scalars(wanted))

    async def newest(self) -> int:
        """The number of the newest erasure; 0 where there was none."""
        async with self._database.reading(self._serves) as connection:
            mine = self._serves.rows(erasure)
            return await connection.scalar(select(func.max(erasure.c.id)).where(mine)) or 0

    async def after(self, number: int) -> tuple[ErasedNames, ...]:
        """What the erasures after this one name, oldest first, whether they are done or not."""
        wanted = select(erasure.c.id, erasure.c.vectors, erasure.c.created_at).where(
            self._serves.rows(erasure), erasure.c.id > number
        )
        async with self._database.reading(self._serves) as connection:
            return tuple(
                ErasedNames(row.id, tuple(json.loads(row.vectors)), row.created_at)
                for row in await connection.execute(wanted.order_by(erasure.c.id))
            )

    async def drop_names(self, before: datetime) -> None:
        """Name nothing any more of what was erased before a time."""
        old = (
            self._serves.rows(erasure),
            erasure.c.created_at < before,
            erasure.c.cleaned_at.is_not(None),
            erasure.c.vectors != "[]",
        )
        async with self._database.reading(self._serves) as connection:
            if (
                await connection.execute(select(erasure.c.id).where(*old).limit(1))
            ).first() is None:
                return
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(update(erasure).where(*old).values(vectors="[]"))

    async def wipe(self) -> None:
        """Let nothing of what was deleted be left in the database's files; raises StoreUnavailable."""
        await self._database.wipe()
