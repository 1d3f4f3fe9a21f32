"""Requests that are delivered twice: the second changes nothing and gets the answer the first one had."""

import zlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import bindparam, delete, select

from bot.db.repository import Repository, by_key, here, inserts
from bot.db.tables.requests import receipt
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm, dump
from bot.errors import NothingToDo

T = TypeVar("T")

FORGOTTEN = '{"type":"erased"}'
"""What stands where an answer was erased: the request was carried out, and is not carried out again."""

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


class IdempotencyRecords(Repository):
    """What was answered to which request."""

    __slots__ = ()

    async def get(self, request: str, form: JsonForm[T]) -> T | None:
        """The answer this request had before; None where it had none of this form."""
        found = await self.kept(request)
        return None if found is None else form.load(found)

    async def erased(self, request: str) -> bool:
        """Whether this request was answered and the answer has been erased since."""
        return await self.kept(request) == FORGOTTEN

    async def kept(self, request: str) -> str | None:
        """The answer as it is kept, FORGOTTEN where it was erased; None where there is none."""
        found: str | None = (await self.execute(_GET, request=request)).scalar()
        return found

    async def put(self, request: str, answer: object) -> None:
        """Keep the answer, a frozen dataclass, in this transaction; a second answer for a request is refused, and with
        it all of its transaction. Records of days ago go."""
        now = self.clock()
        if zlib.crc32(request.encode()) % PRUNED_EVERY == 0:
            await self.execute(_PRUNE, before=now - LIFETIME)
        await self.execute(_PUT, request=request, outcome=dump(answer), created_at=now)


async def once(
    tx: Transaction, request: str, form: JsonForm[T], work: Callable[[], Awaitable[T]]
) -> T:
    """Do the work and keep its answer in the same transaction; a repeat of the request gets that answer."""
    records = IdempotencyRecords(tx)
    kept = await records.kept(request)
    before = None if kept is None else form.load(kept)
    if before is not None:
        return before
    if kept == FORGOTTEN:
        raise NothingToDo("This has already been done. Its answer was erased by /nerbot forget.")
    answer = await work()
    await records.put(request, answer)
    return answer
