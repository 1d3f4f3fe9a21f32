"""What the store keeps between the requests of people, as protocols."""

from typing import Protocol, TypeVar

from bot.domain.correction import Notices
from bot.domain.home import Visit
from bot.domain.labelling import Outcome
from bot.domain.offers import Offer
from bot.domain.registry import LiveMoved, PolicySet
from bot.domain.team import TeamReply

AnyOffer = TypeVar("AnyOffer", bound=Offer)


class Offers(Protocol):
    """What waits for an answer, under opaque ids, for the one person it was shown to."""

    async def put(self, project_id: int, person: str, offer: AnyOffer) -> AnyOffer:
        """Keep it under the `offer` id it carries, or a new one; what comes back carries it."""

    async def get(self, project_id: int, person: str, offer: str) -> Offer | None:
        """What is kept there, None where it is unknown, another person's, or older than a day."""

    async def change(self, project_id: int, person: str, offer: Offer) -> None:
        """Keep another value under the id it carries."""


class Receipts(Protocol):
    """What was answered to which request, so that a repeat changes nothing and gets the same answer."""

    async def get(self, request: str) -> Outcome | None:
        """The outcome this request had before."""

    async def reply(self, request: str) -> TeamReply | None:
        """The answer of /nerbot this request had before."""

    async def moved(self, request: str) -> LiveMoved | PolicySet | None:
        """The answer of /nerbot models this request had before."""

    async def notices(self, request: str) -> Notices | None:
        """The answer of /nerbot notices this request had before."""

    async def put(
        self, request: str, outcome: Outcome | TeamReply | LiveMoved | PolicySet | Notices
    ) -> None:
        """Keep the outcome in this transaction."""


class Homes(Protocol):
    """Who has opened Home, who has asked a model, and who does not wish to hear what it has learned."""

    async def of(self, person: str) -> Visit:
        """What is known of this person."""

    async def note_opened(self, person: str) -> None:
        """They opened Home."""

    async def note_asked(self, person: str) -> None:
        """They asked a live model."""

    async def set_notices(self, person: str, *, on: bool) -> None:
        """They wish to be told when a model finds what they corrected, or not."""
