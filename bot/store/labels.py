"""The labels of a project."""

from sqlalchemy import select

from bot.domain import Label
from bot.store.events import EventKind, Events
from bot.store.repository import Repository, by_key, in_project, insert_if_new
from bot.store.schema import label

_ALL = by_key(select(label.c.name, label.c.description).where(in_project(label)))
_ADD = insert_if_new(label, label.c.name)


class Labels(Repository):
    """Implements `ports.Labels`."""

    __slots__ = ()

    async def all(self, project_id: int) -> tuple[Label, ...]:
        """Every label by name."""
        rows = await self.execute(_ALL, project_id)
        # Sorted here: the databases do not agree on the order of letters.
        return tuple(sorted((Label(*row) for row in rows), key=lambda found: found.name))

    async def add(self, project_id: int, name: str, *, person: str) -> bool:
        """Create a label; False where it exists."""
        added = await self.execute(
            _ADD, project_id, name=name, description="", created_at=self.clock()
        )
        if added.first() is None:
            return False
        events = Events(self.connection, self.workspace, self.clock)
        await events.add(project_id, EventKind.LABEL_ADDED, person=person, detail={"name": name})
        return True
