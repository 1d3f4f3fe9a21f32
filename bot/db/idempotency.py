"""What was answered to which request."""

import zlib
from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from bot.db.repository import Repository, by_key, here, inserts
from bot.db.schema import receipt
from bot.labelling.values.cards import Outcome
from bot.models.commands import LiveMoved, PolicySet
from bot.recognition.correction_values import Notices
from bot.team.commands import TeamReply

#: Slack repeats a request within the hour; a captured one is refused by its timestamp long before
#: this.
LIFETIME = timedelta(days=2)
#: One request in so many clears the old ones away: often enough, and no statement more for most.
PRUNED_EVERY = 64

_GET = by_key(
    select(receipt.c.outcome).where(here(receipt), receipt.c.request == bindparam("request"))
)
_PUT = inserts(receipt, lambda insert: insert)
_PRUNE = delete(receipt).where(here(receipt), receipt.c.created_at <= bindparam("before"))


class Receipts(Repository):
    """What was answered to which request, so that a repeat changes nothing and gets the same answer."""

    __slots__ = ()

    async def get(self, request: str) -> Outcome | None:
        """The outcome this request had before."""
        found: Outcome | None = (await self.execute(_GET, request=request)).scalar()
        return found

    async def reply(self, request: str) -> TeamReply | None:
        """The answer of /nerbot this request had before."""
        found: TeamReply | None = (await self.execute(_GET, request=request)).scalar()
        return found

    async def moved(self, request: str) -> LiveMoved | PolicySet | None:
        """The answer of /nerbot models this request had before."""
        found: LiveMoved | PolicySet | None = (await self.execute(_GET, request=request)).scalar()
        return found

    async def notices(self, request: str) -> Notices | None:
        """The answer of /nerbot notices this request had before."""
        found: Notices | None = (await self.execute(_GET, request=request)).scalar()
        return found

    async def put(
        self, request: str, outcome: Outcome | TeamReply | LiveMoved | PolicySet | Notices
    ) -> None:
        """Keep the outcome in this transaction; a second outcome for a request is refused, and with
        it all of its transaction. Receipts of days ago go."""
        now = self.clock()
        if zlib.crc32(request.encode()) % PRUNED_EVERY == 0:
            await self.execute(_PRUNE, before=now - LIFETIME)
        await self.execute(_PUT, request=request, outcome=outcome, created_at=now)
