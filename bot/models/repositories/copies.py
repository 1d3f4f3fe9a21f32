"""Which models the bots of one database need copies of, read over all workspaces that one serves."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, select

from bot.db.database import Database
from bot.db.served import EVERY_WORKSPACE, Served
from bot.db.tables.projects import project
from bot.db.tables.training import model, run
from bot.domain.runs import RunState


@dataclass(frozen=True, slots=True)
class KeptVersions:
    """The versions of one project."""

    kept: Mapping[int, str | None] = field(default_factory=dict)
    """Those whose files are to be there, each with the fingerprint of what it learned, where that is known."""
    newest: int = 0
    """The highest number that has a row."""


class ModelCopies:
    """Reads what is live and what is kept."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def live(self) -> dict[int, int]:
        """The live version of each project that has one."""
        wanted = select(project.c.id, project.c.live_version).where(
            self._serves.rows(project), project.c.live_version.is_not(None)
        )
        async with self._database.reading(self._serves) as connection:
            return {row.id: row.live_version for row in await connection.execute(wanted)}

    async def are_awaited(self) -> bool:
        """Whether a training runs that may bring one."""
        running = select(run.c.id).where(self._serves.rows(run), run.c.state == RunState.RUNNING)
        async with self._database.reading(self._serves) as connection:
            return (await connection.execute(running.limit(1))).first() is not None

    async def of(self, projects: Collection[int]) -> dict[int, KeptVersions]:
        """The versions of projects, whoever serves them: what lies on a disk says nothing of workspaces."""
        wanted = (
            select(
                model.c.project_id,
                model.c.version,
                model.c.gone_at,
                model.c.damaged_at,
                run.c.fingerprint,
            )
            .select_from(
                model.outerjoin(
                    run, and_(run.c.workspace == model.c.workspace, run.c.id == model.c.run_id)
                )
            )
            .where(model.c.project_id.in_(sorted(projects)))
        )
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            rows = (await connection.execute(wanted)).all()
        found = {}
        for project_id in projects:
            mine = [row for row in rows if row.project_id == project_id]
            kept = {
                row.version: row.fingerprint
                for row in mine
                if row.gone_at is None and row.damaged_at is None
            }
            found[project_id] = KeptVersions(kept, max((row.version for row in mine), default=0))
        return found
