"""Numbers over the workspaces of a process, for whoever runs nerbot."""

from dataclasses import dataclass

from sqlalchemy import func, literal, select

from bot.db.database import Database
from bot.db.served import Served
from bot.db.tables.outbox import outbox
from bot.db.tables.projects import project
from bot.db.tables.training import run
from bot.db.tables.watching import watched_message


@dataclass(frozen=True, slots=True)
class Counted:
    """What there is."""

    waiting: int
    """Messages that are still to be told."""
    dead: int
    """Messages that were given up."""
    runs: dict[str, int]
    """Trainings by their state."""
    unread: int = 0
    """Messages of watched channels that are to be read."""


class Totals:
    """Reads them, each in a transaction of its own; raises StoreUnavailable."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def ping(self) -> None:
        """Show that the database answers."""
        async with self._database.reading() as connection:
            await connection.scalar(select(literal(1)))

    async def is_empty(self) -> bool:
        """Whether nobody has ever used this database."""
        async with self._database.reading(self._serves) as connection:
            return (
                await connection.scalar(
                    select(project.c.id).where(self._serves.rows(project)).limit(1)
                )
                is None
            )

    async def count(self) -> Counted:
        """Count now."""
        told, ran = self._serves.rows(outbox), self._serves.rows(run)
        dead = outbox.c.dead_at.is_not(None)
        waits = outbox.c.delivered < outbox.c.state
        async with self._database.reading(self._serves) as connection:
            gone = await connection.scalar(
                select(func.count()).select_from(outbox).where(told, dead)
            )
            rest = select(func.count()).select_from(outbox).where(told, waits, ~dead)
            waiting = await connection.scalar(rest)
            by_state = await connection.execute(
                select(run.c.state, func.count()).where(ran).group_by(run.c.state)
            )
            runs = {str(s): int(n) for s, n in by_state}
            unread = await connection.scalar(
                select(func.count()).where(
                    self._serves.rows(watched_message), watched_message.c.state == "waiting"
                )
            )
            return Counted(int(waiting or 0), int(gone or 0), runs, int(unread or 0))
