"""What is kept under an opaque id for the one person it was shown to, until they answer."""

import secrets
import zlib
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import bindparam, delete, select, update

from bot.db.records.relabelling import Relabelling
from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.requests import offer
from bot.domain.json_form import JsonForm, dump
from bot.domain.renaming import under_new_names


class PendingAction(Protocol):
    """A frozen dataclass that may be kept: `type` names its class, `offer` is the opaque id, empty at first."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def offer(self) -> str:
        """The opaque id under which it is kept."""

    @property
    def type(self) -> str:
        """The name of its class in the database."""


P = TypeVar("P", bound=PendingAction)

#: How long it may be answered.
LIFETIME = timedelta(days=1)
#: One in so many clears the old ones away.
PRUNED_EVERY = 64

_PRUNE = delete(offer).where(here(offer), offer.c.created_at <= bindparam("before"))
_PUT = inserts(offer, lambda insert: insert)
_MINE = (
    in_project(offer),
    offer.c.id == bindparam("offer_id"),
    # Named unlike the column, which could be meant to be SET.
    offer.c.person == bindparam("of_person"),
)
_GET = select(offer.c.question, offer.c.created_at).where(
    *_MINE, offer.c.created_at > bindparam("after")
)
_CHANGE = update(offer).where(*_MINE).values(question=bindparam("changed"))


@cache
def _form(kind: type[P]) -> JsonForm[P]:
    return JsonForm(kind)


class PendingActions(Repository):
    """Questions, suggestions, drafts and answers that wait for a button, each for the person it was shown to."""

    __slots__ = ()

    async def put(self, project_id: int, person: str, action: P) -> P:
        """Keep it under the id it carries, or a new one, which what comes back carries. Those too old go."""
        now = self.clock()
        kept = action if action.offer else replace(action, offer=secrets.token_urlsafe(12))
        if zlib.crc32(kept.offer.encode()) % PRUNED_EVERY == 0:
            await self.execute(_PRUNE, before=now - LIFETIME)
        await self.execute(
            _PUT, project_id, id=kept.offer, person=person, question=dump(kept), created_at=now
        )
        return kept

    async def get(self, project_id: int, person: str, offer: str, kind: type[P]) -> P | None:
        """What is kept there; None where it is unknown, of another kind, another person's, or older than a day.
        Labels that were renamed since have their new names in it."""
        after = self.clock() - LIFETIME
        found = await self.execute(_GET, project_id, offer_id=offer, of_person=person, after=after)
        row = found.first()
        kept: P | None = _form(kind).load(row.question) if row else None
        if row is None or kept is None:
            return None
        names = await Relabelling(self.tx).names(project_id, since=row.created_at)
        return under_new_names(kept, names) if names else kept

    async def change(self, project_id: int, person: str, action: PendingAction) -> None:
        """Keep another value under the id it carries."""
        await self.execute(
            _CHANGE,
            project_id,
            offer_id=action.offer,
            of_person=person,
            changed=dump(action),
        )
