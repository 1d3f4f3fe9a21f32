"""The models of all workspaces, for who runs nerbot: read on its machine, without Slack."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from bot.db.database import Database
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.projects import label, project
from bot.db.tables.training import model
from ner_engine.results import Evaluation


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A version whose files are there; ``meanings`` are its labels' descriptions."""

    workspace: str
    project_id: int
    project: str
    version: int
    labels: tuple[str, ...]
    created_at: datetime
    is_live: bool
    evaluation: Evaluation | None = None
    meanings: dict[str, str] = field(default_factory=dict)


class ModelCatalogue:
    """Reads over all workspaces at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(
        self, *, project_name: str | None = None, version: int | None = None
    ) -> tuple[ListedModel, ...]:
        """The versions, newest first in each project; of one project or number, if asked."""
        wanted = (
            select(
                model.c.workspace,
                model.c.project_id,
                project.c.name.label("project"),
                model.c.version,
                model.c.labels,
                model.c.created_at,
                model.c.evaluation,
                (func.coalesce(project.c.live_version, 0) == model.c.version).label("is_live"),
            )
            .select_from(
                model.join(
                    project,
                    and_(
                        project.c.workspace == model.c.workspace, project.c.id == model.c.project_id
                    ),
                )
            )
            .where(project.c.deleted_at.is_(None))
            .where(model.c.gone_at.is_(None), model.c.damaged_at.is_(None))
            .order_by(model.c.workspace, model.c.project_id, model.c.version.desc())
        )
        if project_name is not None:
            wanted = wanted.where(func.lower(project.c.name) == project_name.lower())
        if version is not None:
            wanted = wanted.where(model.c.version == version)
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            rows = (await connection.execute(wanted)).all()
            meanings = await self._meanings(connection) if rows else {}
        return tuple(
            ListedModel(**row._asdict(), meanings=meanings.get((row.workspace, row.project_id), {}))
            for row in rows
        )

    async def _meanings(self, connection: Any) -> dict[tuple[str, int], dict[str, str]]:
        rows = await connection.execute(
            select(label.c.workspace, label.c.project_id, label.c.name, label.c.description)
        )
        found: dict[tuple[str, int], dict[str, str]] = {}
        for workspace, project_id, name, description in rows:
            found.setdefault((workspace, project_id), {})[name] = description
        return found
