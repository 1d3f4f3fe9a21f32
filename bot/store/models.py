"""The versions of a project and which of them is live."""

from sqlalchemy import exists, func, select, update

from bot.domain import EventKind, Model
from bot.store.events import Events
from bot.store.repository import Repository, here, in_project, inserts
from bot.store.schema import model, project

_COLUMNS = (
    model.c.project_id,
    model.c.version,
    model.c.labels,
    model.c.created_at,
    model.c.evaluation,
)
_ADD = inserts(model, lambda insert: insert)


class Models(Repository):
    """Implements `ports.Models`."""

    __slots__ = ()

    async def next_version(self, project_id: int) -> int:
        """One more than the highest version there ever was."""
        highest = select(func.max(model.c.version)).where(in_project(model))
        return int((await self.execute(highest, project_id)).scalar() or 0) + 1

    async def add(self, model: Model, *, run_id: int) -> None:
        """Name a version whose files are in place."""
        await self.execute(
            _ADD,
            model.project_id,
            version=model.version,
            labels=model.labels,
            evaluation=model.evaluation,
            created_at=model.created_at,
            run_id=run_id,
        )

    async def live(self, project_id: int) -> Model | None:
        """The live model."""
        wanted = (
            select(*_COLUMNS)
            .select_from(project.join(model, project.c.live_version == model.c.version))
            .where(here(project), project.c.id == project_id, in_project(model))
        )
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else Model(**row._asdict())

    async def set_live(
        self, project_id: int, version: int, *, expected: int | None, person: str
    ) -> bool:
        """Move the live pointer if it still points at `expected`; an event says who moved it.
        False, too, where there is no such version."""
        there = exists().where(in_project(model), model.c.version == version)
        moved = await self.execute(
            update(project)
            .where(
                here(project),
                project.c.id == project_id,
                project.c.live_version.is_not_distinct_from(expected),
                there,
            )
            .values(live_version=version)
            .returning(project.c.id),
            project_id,
        )
        if moved.first() is None:
            return False
        events = Events(self.connection, self.workspace, self.clock)
        detail = {"from": expected, "to": version}
        await events.add(project_id, EventKind.LIVE_MOVED, person=person, detail=detail)
        return True
