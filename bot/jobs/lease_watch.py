"""Whose lease is over, found out without asking any clock what time it is."""

import time
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
S = TypeVar("S")

Monotonic = Callable[[], float]
"""Seconds that only ever go forward, at the pace of real ones."""


class LeaseWatch(Generic[K, S]):
    """Watches the signs of life that holders of leases write; one watch a process.

    A lease is over when its sign has stayed the same for as long as a lease lasts, by this process's own monotonic
    clock. What the machines' clocks say does not matter, nor whether they agree. A holder that counts from its last
    sign by its own monotonic clock lets go sooner than anybody takes its place.
    """

    def __init__(self, *, lease: float, monotonic: Monotonic = time.monotonic) -> None:
        self._lease = lease
        self._monotonic = monotonic
        self._looked = monotonic()
        self._seen: dict[K, tuple[S, float]] = {}

    def look(self, signs: Mapping[K, S]) -> dict[K, S]:
        """Of the signs that are there now, those of leases that are over."""
        now = self._monotonic()
        # Who did not look for long, in a process that was stopped, does not know what happened meanwhile.
        passed, self._looked = min(now - self._looked, self._lease / 2), now
        seen = {}
        for key, sign in signs.items():
            before, quiet = self._seen.get(key, (None, 0.0))
            seen[key] = (sign, quiet + passed if before == sign else 0.0)
        self._seen = seen
        return {key: sign for key, (sign, quiet) in seen.items() if quiet >= self._lease}
