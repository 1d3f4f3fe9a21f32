"""What was asked before something is changed everywhere."""

import secrets
from datetime import timedelta

from sqlalchemy import bindparam, delete

from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.requests import confirmation
from bot.domain.json_form import adapter, dump
from bot.team.commands import ChangeLabels

#: How long a yes counts: what destroys is not answered tomorrow.
LIFETIME = timedelta(minutes=10)

_PRUNE = delete(confirmation).where(
    here(confirmation), confirmation.c.created_at <= bindparam("before")
)
_PUT = inserts(confirmation, lambda insert: insert)
_TAKE = (
    delete(confirmation)
    .where(
        in_project(confirmation),
        confirmation.c.id == bindparam("offer"),
        confirmation.c.person == bindparam("person"),
    )
    .returning(confirmation.c.command)
)


class Confirmations(Repository):
    """Questions before something is changed everywhere, for one person and ten minutes."""

    __slots__ = ()

    async def put(self, project_id: int, person: str, command: ChangeLabels) -> str:
        """Keep what the person is asked about; its opaque id."""
        offer = secrets.token_urlsafe(12)
        await self.execute(
            _PUT,
            project_id,
            id=offer,
            person=person,
            command=dump(command),
            created_at=self.clock(),
        )
        return offer

    async def take(self, project_id: int, person: str, offer: str) -> ChangeLabels | None:
        """What the person was asked, once; None where it is another's, over, or older than ten
        minutes."""
        await self.execute(_PRUNE, before=self.clock() - LIFETIME)
        found = (await self.execute(_TAKE, project_id, offer=offer, person=person)).scalar()
        return None if found is None else adapter(ChangeLabels).validate_json(found)
