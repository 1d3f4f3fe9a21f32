"""Rate limits that stay switched on: so many calls of a method in so many seconds."""

import math
from collections import deque
from collections.abc import Callable


class Rates:
    """Which methods are limited, and when they were called last."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._limits: dict[str, tuple[int, float]] = {}
        self._calls: dict[str, deque[float]] = {}

    def limit(self, method: str, calls: int | None, seconds: float = 60.0) -> None:
        """Allow so many calls of a method in so many seconds; None lifts the limit."""
        self._limits.pop(method, None)
        self._calls.pop(method, None)
        if calls is not None:
            self._limits[method] = (calls, seconds)

    def wait(self, method: str) -> int:
        """Note a call: 0 where it is answered, else the seconds of Retry-After."""
        if method not in self._limits:
            return 0
        most, seconds = self._limits[method]
        calls, now = self._calls.setdefault(method, deque()), self._now()
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + seconds - now))
        calls.append(now)
        return 0
