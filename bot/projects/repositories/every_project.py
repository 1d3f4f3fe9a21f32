"""The projects of all workspaces that a process serves: for chores alone, which nobody asks for."""

from sqlalchemy import and_, exists, func, or_, select

from bot.db.database import Database
from bot.db.records.counters import SENTENCES
from bot.db.search.index import SEGMENT
from bot.db.served import Served
from bot.db.tables.counters import counter
from bot.db.tables.projects import project
from bot.db.tables.search import search_segment


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

    async def to_index(self) -> tuple[tuple[str, int], ...]:
        """Those with sentences that words are not found in quickly: a segment's worth in none, or one that is to be
        made again."""
        its = and_(
            search_segment.c.workspace == counter.c.workspace,
            search_segment.c.project_id == counter.c.project_id,
        )
        indexed = select(func.coalesce(func.sum(search_segment.c.size), 0)).where(its)
        wanted = (
            select(counter.c.workspace, counter.c.project_id)
            .where(
                self._serves.rows(counter),
                counter.c.kind == SENTENCES[0],
                or_(
                    counter.c.value >= SEGMENT + indexed.scalar_subquery(),
                    exists().where(its, search_segment.c.sentences.is_(None)),
                ),
            )
            .order_by(counter.c.project_id)
        )
        async with self._database.reporting(self._serves) as connection:
            return tuple(
                (row.workspace, row.project_id) for row in await connection.execute(wanted)
            )
