"""What was asked before something is changed everywhere."""

import secrets
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, select

from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.requests import confirmation
from bot.domain.json_form import adapter, dump

C = TypeVar("C")

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

_LOOK = select(confirmation.c.command).where(
    in_project(confirmation),
    confirmation.c.id == bindparam("offer"),
    confirmation.c.person == bindparam("person"),
    confirmation.c.created_at > bindparam("after"),
)


class Confirmations(Repository):
    """Questions before something is changed everywhere, for one person and ten minutes."""

    __slots__ = ()

    async def put(self, project_id: int, person: str, command: Any) -> str:
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

    async def take(
        self,
        project_id: int,
        person: str,
        offer: str,
        kind: type[C],
    ) -> C | None:
        """What the person was asked, once; None where it is another's, over, of another kind, or older than ten
        minutes."""
        await self.execute(_PRUNE, before=self.clock() - LIFETIME)
        found = (await self.execute(_TAKE, project_id, offer=offer, person=person)).scalar()
        return None if found is None else _read(kind, found)

    async def look(self, project_id: int, person: str, offer: str, kind: type[C]) -> C | None:
        """The same without taking it."""
        found = (
            await self.execute(
                _LOOK, project_id, offer=offer, person=person, after=self.clock() - LIFETIME
            )
        ).scalar()
        return None if found is None else _read(kind, found)


def _read(kind: type[C], stored: str) -> C | None:
    form: Any = kind
    try:
        read: C = adapter(form).validate_json(stored)
    except ValidationError:
        return None
    return read
