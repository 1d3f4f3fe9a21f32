"""Who can do what in a workspace."""

from sqlalchemy import delete, select

from bot.db.records.events import Events
from bot.db.repository import Repository, here, inserts, replace_columns
from bot.db.tables.projects import role
from bot.domain.events import EventKind
from bot.domain.roles import Role

_ALL = select(role.c.person, role.c.role).where(here(role)).order_by(role.c.created_at)
_PUT = inserts(role, lambda insert: replace_columns(insert, role, "role", "created_at"))


class Roles(Repository):
    """Who can do what in the workspace."""

    __slots__ = ()

    async def all(self) -> dict[str, Role]:
        """Everybody who has a role, longest first; all others are labellers."""
        return {row.person: Role(row.role) for row in await self.execute(_ALL)}

    async def give(
        self, project_id: int, person: str, to: Role, *, by: str, undoes: int | None = None
    ) -> Role:
        """Give a person a role; the one they had. The project's record has it."""
        had = (await self.all()).get(person, Role.LABELLER)
        if to is Role.LABELLER:
            await self.execute(delete(role).where(here(role), role.c.person == person))
        else:
            await self.execute(_PUT, person=person, role=to.value, created_at=self.clock())
        events = Events(self.tx)
        detail = {"person": person, "from": had.value, "to": to.value}
        await events.add(
            project_id, EventKind.ROLE_CHANGED, person=by, detail=detail, undoes=undoes
        )
        return had
