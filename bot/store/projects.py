"""The projects of a workspace."""

from dataclasses import asdict

from sqlalchemy import bindparam, select, update

from bot.domain import Project, ProjectSettings
from bot.errors import NotFound
from bot.store.events import EventKind, Events
from bot.store.repository import Repository, here, insert_if_new, is_project
from bot.store.schema import project
from bot.store.turns import Turns

DEFAULT_NAME = "default"

_DEFAULT = select(project.c.id, project.c.name).where(here(project), project.c.is_default)
_ADD = insert_if_new(project)
_SETTINGS = tuple(project.c[name] for name in ProjectSettings.__dataclass_fields__)
_GET_SETTINGS = select(*_SETTINGS).where(is_project(project))
_SET_SETTINGS = (
    update(project)
    .where(is_project(project))
    .values({column.name: bindparam(f"new_{column.name}") for column in _SETTINGS})
)
# The order is made anew, from the uncertainties that are there.
_ORDER_ANEW = update(project).where(is_project(project)).values(ranked_by=None)


class Projects(Repository):
    """Implements `ports.Projects`."""

    __slots__ = ()

    async def default(self) -> Project | None:
        """The workspace's default project, None before its first use."""
        row = (await self.execute(_DEFAULT)).first()
        return None if row is None else Project(id=row.id, name=row.name)

    async def ensure_default(self) -> Project:
        """The default project, made now if this is its first use."""
        if (found := await self.default()) is not None:
            return found
        await self.execute(_ADD, name=DEFAULT_NAME, is_default=True, created_at=self.clock())
        found = await self.default()
        assert found is not None
        return found

    async def settings(self, project_id: int) -> ProjectSettings:
        """What the project is asked to do differently."""
        row = (await self.execute(_GET_SETTINGS, project_id)).first()
        if row is None:
            raise NotFound("That project is not here, or no longer.")
        return ProjectSettings(**row._asdict())

    async def change_settings(
        self, project_id: int, after: ProjectSettings, *, person: str
    ) -> ProjectSettings:
        """Let the project do so from now on; an event says who changed what. What held before."""
        before = await self.settings(project_id)
        if after == before:
            return before
        values = {f"new_{name}": value for name, value in asdict(after).items()}
        await self.execute(_SET_SETTINGS, project_id, **values)
        place = (self.connection, self.workspace, self.clock)
        if after.annotations_per_sentence != before.annotations_per_sentence:
            await Turns(*place).resized(project_id, before=before.annotations_per_sentence)
        if after.random_share != before.random_share:
            await self.execute(_ORDER_ANEW, project_id)
        detail = {"from": asdict(before), "to": asdict(after)}
        await Events(*place).add(
            project_id, EventKind.SETTINGS_CHANGED, person=person, detail=detail
        )
        return before
