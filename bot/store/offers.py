"""Questions that wait for an answer."""

import secrets
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, insert, select

from bot.domain import Question
from bot.store.repository import Repository
from bot.store.schema import offer

#: How long a question may be answered.
LIFETIME = timedelta(days=1)


class Offers(Repository):
    """Implements `ports.Offers`."""

    __slots__ = ()

    async def put(self, project_id: int, person: str, question: Question) -> Question:
        """Keep the question; the answer carries its new `offer` id. Those too old to be answered
        go."""
        now = self.clock()
        await self.connection.execute(
            delete(offer).where(self.here(offer), offer.c.created_at <= now - LIFETIME)
        )
        kept = replace(question, offer=secrets.token_urlsafe(12))
        values = {
            **self.place(project_id),
            "id": kept.offer,
            "person": person,
            "question": kept,
            "created_at": now,
        }
        await self.connection.execute(insert(offer).values(values))
        return kept

    async def get(self, project_id: int, person: str, offer_id: str) -> Question | None:
        """The question, None where it is unknown, another person's, or older than a day."""
        wanted = select(offer.c.question).where(
            self.here(offer, project_id),
            offer.c.id == offer_id,
            offer.c.person == person,
            offer.c.created_at > self.clock() - LIFETIME,
        )
        found: Question | None = (await self.connection.execute(wanted)).scalar()
        return found
