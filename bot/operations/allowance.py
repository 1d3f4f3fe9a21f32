"""How often one person, one token or one workspace may ask: so many times a minute, in a row or spread."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

from bot.errors import Busy, StoreUnavailable

_PEOPLE = 10_000
SECONDS = 60.0


class Allowed(Protocol):
    """Counts requests."""

    async def take(self, workspace: str, person: str, /) -> None:
        """Count one; raises Busy with the seconds until the next is answered."""


class Allowance:
    """A leaky bucket for each person."""

    def __init__(self, *, times: int, seconds: float = SECONDS, who: str = "You have") -> None:
        self._who = who
        self._times = times
        self._seconds = seconds
        self._buckets: LRUCache[tuple[str, str], AsyncLimiter] = LRUCache(_PEOPLE)

    async def take(self, workspace: str, person: str) -> None:
        """Count one question; raises Busy with the seconds until the next is answered."""
        bucket = self._buckets.get((workspace, person))
        if bucket is None:
            bucket = self._buckets[workspace, person] = AsyncLimiter(self._times, self._seconds)
        if not bucket.has_capacity():
            raise _used_up(self._who, self._times, self._seconds)
        await bucket.acquire()  # at once: there is room


TakeSome = Callable[[str, int], Awaitable[bool]]
"""Takes so many of a workspace's requests from what all processes share, or none; raises StoreUnavailable."""

_SHARES = 20
"""A process takes a twentieth of the minute's requests at a time: 20 statements a minute for a workspace."""
_KEPT_SECONDS = 3.0
"""What was taken and not used by then is given up: it has run off."""
_WITHIN_SECONDS = 0.5
"""A database that takes longer lets the request in, which Slack waits for three seconds in all."""


@dataclass(slots=True)
class _Held:
    """What this process has taken of a workspace's requests, and until when it is good."""

    left: int = 0
    until: float = 0.0
    refused_until: float = 0.0


class SharedAllowance:
    """One leaky bucket a workspace, whichever of several processes is asked: each takes some at a time."""

    def __init__(
        self,
        take: TakeSome,
        *,
        times: int,
        who: str = "You have",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take = take
        self._times = times
        self._who = who
        self._monotonic = monotonic
        self._held: LRUCache[str, _Held] = LRUCache(_PEOPLE)
        self._turns: LRUCache[str, asyncio.Lock] = LRUCache(_PEOPLE)

    async def take(self, workspace: str, _person: str) -> None:
        """Count one request; raises Busy with the seconds until the next is answered."""
        held = self._held.setdefault(workspace, _Held())
        if not self._has_one(held):
            async with self._turns.setdefault(workspace, asyncio.Lock()):
                if not self._has_one(held) and not await self._fetched(workspace, held):
                    raise _used_up(self._who, self._times, SECONDS)
        held.left -= 1

    def _has_one(self, held: _Held) -> bool:
        return held.left > 0 and self._monotonic() < held.until

    async def _fetched(self, workspace: str, held: _Held) -> bool:
        """Take the next share, or the one request that is left of it."""
        if self._monotonic() < held.refused_until:
            return False
        for share in dict.fromkeys((max(1, self._times // _SHARES), 1)):
            try:
                async with asyncio.timeout(_WITHIN_SECONDS):
                    is_taken = await self._take(workspace, share)
            except (StoreUnavailable, TimeoutError):
                is_taken = True  # what limits nobody by mistake is the smaller harm
            if is_taken:
                held.left, held.until = share, self._monotonic() + _KEPT_SECONDS
                return True
        # Nobody asks the database more often than a request runs off.
        held.refused_until = self._monotonic() + min(SECONDS / self._times, 1.0)
        return False


def _used_up(who: str, times: int, seconds: float) -> Busy:
    wait = math.ceil(seconds / times)
    asked = "once" if times == 1 else f"{times} times"
    return Busy(wait, f"{who} asked {asked} within a minute.")
