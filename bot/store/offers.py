"""Questions that wait for an answer."""

import secrets
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from bot.domain import Question, under_new_names
from bot.store.relabelling import Relabelling
from bot.store.repository import Repository, here, in_project, inserts
from bot.store.schema import offer

#: How long a question may be answered.
LIFETIME = timedelta(days=1)

_PRUNE = delete(offer).where(here(offer), offer.c.created_at <= bindparam("before"))
_PUT = inserts(offer, lambda insert: insert)
_GET = select(offer.c.question, offer.c.created_at).where(
    in_project(offer),
    offer.c.id == bindparam("id"),
    offer.c.person == bindparam("person"),
    offer.c.created_at > bindparam("after"),
)


class Offers(Repository):
    """Implements `ports.Offers`."""

    __slots__ = ()

    async def put(self, project_id: int, person: str, question: Question) -> Question:
        """Keep the question; the answer carries its new `offer` id. Those too old to be answered
        go."""
        now = self.clock()
        await self.execute(_PRUNE, before=now - LIFETIME)
        kept = replace(question, offer=secrets.token_urlsafe(12))
        await self.execute(
            _PUT, project_id, id=kept.offer, person=person, question=kept, created_at=now
        )
        return kept

    async def get(self, project_id: int, person: str, offer_id: str) -> Question | None:
        """The question, None where it is unknown, another person's, or older than a day. Labels
        that were renamed since have their new names in it."""
        after = self.clock() - LIFETIME
        found = await self.execute(_GET, project_id, id=offer_id, person=person, after=after)
        row = found.first()
        if row is None:
            return None
        relabelling = Relabelling(self.connection, self.workspace, self.clock)
        names = await relabelling.names(project_id, since=row.created_at)
        question: Question = row.question
        return under_new_names(question, names) if names else question
