"""How often one person may ask: so many times a minute, in a row or spread."""

import math

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

from bot.errors import Busy

_PEOPLE = 10_000


class Allowance:
    """A leaky bucket for each person."""

    def __init__(self, *, times: int, seconds: float = 60.0, who: str = "You have") -> None:
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
            wait = math.ceil(self._seconds / self._times)
            asked = "once" if self._times == 1 else f"{self._times} times"
            raise Busy(wait, f"{self._who} asked {asked} within a minute.")
        await bucket.acquire()  # at once: there is room
