"""The projects of a workspace."""

from sqlalchemy import select

from bot.domain import Project
from bot.store.repository import Repository
from bot.store.schema import project

DEFAULT_NAME = "default"


class Projects(Repository):
    """Implements `ports.Projects`."""

    __slots__ = ()

    async def default(self) -> Project | None:
        """The workspace's default project, None before its first use."""
        wanted = select(project.c.id, project.c.name).where(
            self.here(project), project.c.is_default
        )
        row = (await self.connection.execute(wanted)).first()
        return None if row is None else Project(id=row.id, name=row.name)

    async def ensure_default(self) -> Project:
        """The default project, made now if this is its first use."""
        if (found := await self.default()) is not None:
            return found
        made = self.insert(project).values(
            workspace=self.workspace, name=DEFAULT_NAME, is_default=True, created_at=self.clock()
        )
        await self.connection.execute(made.on_conflict_do_nothing())
        found = await self.default()
        assert found is not None
        return found
