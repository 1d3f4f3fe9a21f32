"""What was answered to which request."""

import zlib
from datetime import timedelta

from sqlalchemy import delete, insert, select

from bot.domain import Outcome
from bot.store.repository import Repository
from bot.store.schema import receipt

#: Slack repeats a request within the hour; a captured one is refused by its timestamp long before
#: this.
LIFETIME = timedelta(days=2)
#: One request in so many clears the old ones away: often enough, and no statement more for most.
PRUNED_EVERY = 64


class Receipts(Repository):
    """Implements `ports.Receipts`."""

    __slots__ = ()

    async def get(self, request: str) -> Outcome | None:
        """The outcome this request had before."""
        wanted = select(receipt.c.outcome).where(self.here(receipt), receipt.c.request == request)
        found: Outcome | None = (await self.connection.execute(wanted)).scalar()
        return found

    async def put(self, request: str, outcome: Outcome) -> None:
        """Keep the outcome in this transaction; a second outcome for a request is refused, and with
        it all of its transaction. Receipts of days ago go."""
        now = self.clock()
        if zlib.crc32(request.encode()) % PRUNED_EVERY == 0:
            await self.connection.execute(
                delete(receipt).where(self.here(receipt), receipt.c.created_at <= now - LIFETIME)
            )
        values = {
            "workspace": self.workspace,
            "request": request,
            "outcome": outcome,
            "created_at": now,
        }
        await self.connection.execute(insert(receipt).values(values))
