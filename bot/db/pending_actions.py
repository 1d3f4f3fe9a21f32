"""What waits for an answer: questions, suggestions, drafts, answers of /ner."""

import secrets
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import bindparam, delete, select, update

from bot.db.relabelling import Relabelling
from bot.db.repository import Repository, here, in_project, inserts
from bot.db.schema import offer
from bot.domain.offers import Offer
from bot.domain.renaming import under_new_names

AnyOffer = TypeVar("AnyOffer", bound=Offer)

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


class Offers(Repository):
    """What waits for an answer, under opaque ids, for the one person it was shown to."""

    __slots__ = ()

    async def put(self, project_id: int, person: str, offer: AnyOffer) -> AnyOffer:
        """Keep it under the `offer` id it carries, or a new one; what comes back carries it. Those too old
        to be answered go."""
        now = self.clock()
        kept = offer if offer.offer else replace(offer, offer=secrets.token_urlsafe(12))
        if zlib.crc32(kept.offer.encode()) % PRUNED_EVERY == 0:
            await self.execute(_PRUNE, before=now - LIFETIME)
        await self.execute(
            _PUT, project_id, id=kept.offer, person=person, question=kept, created_at=now
        )
        return kept

    async def get(self, project_id: int, person: str, offer: str) -> Offer | None:
        """What is kept there, None where it is unknown, another person's, or older than a day. Labels
        that were renamed since have their new names in it."""
        after = self.clock() - LIFETIME
        found = await self.execute(_GET, project_id, offer_id=offer, of_person=person, after=after)
        row = found.first()
        if row is None:
            return None
        relabelling = Relabelling(self.tx)
        names = await relabelling.names(project_id, since=row.created_at)
        kept: Offer = row.question
        return under_new_names(kept, names) if names else kept

    async def change(self, project_id: int, person: str, offer: Offer) -> None:
        """Keep another value under the id it carries."""
        await self.execute(
            _CHANGE, project_id, offer_id=offer.offer, of_person=person, changed=offer
        )
