"""Which projects have to be ranked, in all workspaces that a process serves."""

import time
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, literal_column, or_, select, update

from bot.db.database import Database
from bot.db.served import Served
from bot.db.tables.projects import project
from bot.db.tables.sentences import sentence
from bot.jobs.lease_watch import LeaseWatch, Monotonic

#: Owner and lease of a ranking: every heartbeat changes it.
_Sign = tuple[str, datetime]

#: New sentences that are worth a new order, with a live model and without: so many, and one in fifty.
RANKED_AT, FIRST_RANKED_AT, OF = 25, 50, 50
_NEW = (
    select(func.count())
    .select_from(sentence)
    .where(
        sentence.c.workspace == project.c.workspace,
        sentence.c.project_id == project.c.id,
        sentence.c.id > project.c.ranked_to,
        sentence.c.finished_by == literal_column("0"),
    )
    .scalar_subquery()
)
_HAS_MODEL = project.c.live_version.is_not(None)
_TO_RANK = or_(
    and_(_HAS_MODEL, project.c.live_version.is_distinct_from(project.c.ranked_by)),
    and_(
        case((_HAS_MODEL, RANKED_AT), else_=FIRST_RANKED_AT) <= _NEW, project.c.waiting <= _NEW * OF
    ),
)


class ProjectsToRank:
    """What has to be ranked in the workspaces of a process."""

    def __init__(
        self,
        database: Database,
        serves: Served,
        *,
        lease: timedelta,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._database = database
        self._serves = serves
        self._watch = LeaseWatch[int, _Sign](lease=lease.total_seconds(), monotonic=monotonic)

    async def all(self) -> tuple[tuple[str, int], ...]:
        """Projects whose order is not the live model's or lacks too many of their sentences, and that nobody ranks
        now, with their workspaces."""
        wanted = select(
            project.c.workspace, project.c.id, project.c.ranking_owner, project.c.ranking_until
        ).where(self._serves.rows(project), or_(_TO_RANK, project.c.ranking_owner.is_not(None)))
        async with self._database.reading(self._serves) as connection:
            rows = (await connection.execute(wanted.order_by(project.c.id))).all()
        held = {row.id: (row.ranking_owner, row.ranking_until) for row in rows if row.ranking_owner}
        freed = [await self._free(id_, sign) for id_, sign in self._watch.look(held).items()]
        found = tuple((row.workspace, row.id) for row in rows if row.id not in held)
        return await self.all() if any(freed) else found

    async def _free(self, project_id: int, sign: _Sign) -> bool:
        """Take a project from a process that is gone; False where it has shown a sign of life since."""
        owner, until = sign
        async with self._database.writing(sees=self._serves) as connection:
            changed = await connection.execute(
                update(project)
                .where(
                    self._serves.rows(project),
                    project.c.id == project_id,
                    project.c.ranking_owner == owner,
                    project.c.ranking_until == until,
                )
                .values(ranking_owner=None, ranking_until=None)
            )
        return bool(changed.rowcount)
