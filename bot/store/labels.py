"""The labels of a project."""

from sqlalchemy import select

from bot.domain import Label
from bot.store.events import EventKind, Events
from bot.store.repository import Repository
from bot.store.schema import label


class Labels(Repository):
    """Implements `ports.Labels`."""

    __slots__ = ()

    async def all(self, project_id: int) -> tuple[Label, ...]:
        """Every label by name."""
        wanted = select(label.c.name, label.c.description).where(self.here(label, project_id))
        rows = await self.connection.execute(wanted)
        # Sorted here: the databases do not agree on the order of letters.
        return tuple(sorted((Label(*row) for row in rows), key=lambda found: found.name))

    async def add(self, project_id: int, name: str, *, person: str) -> bool:
        """Create a label; False where it exists."""
        values = {**self.place(project_id), "name": name, "description": ""}
        added = await self.connection.execute(
            self.insert(label)
            .values(created_at=self.clock(), **values)
            .on_conflict_do_nothing()
            .returning(label.c.name)
        )
        if added.first() is None:
            return False
        events = Events(self.connection, self.workspace, self.clock)
        await events.add(project_id, EventKind.LABEL_ADDED, person=person, detail={"name": name})
        return True
