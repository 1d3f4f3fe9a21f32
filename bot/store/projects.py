"""The projects of a workspace."""

from sqlalchemy import select

from bot.domain import Project
from bot.store.repository import Repository, here, insert_if_new
from bot.store.schema import project

DEFAULT_NAME = "default"

_DEFAULT = select(project.c.id, project.c.name).where(here(project), project.c.is_default)
_ADD = insert_if_new(project)


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
