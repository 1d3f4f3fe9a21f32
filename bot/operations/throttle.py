"""A log line that strangers can cause: so many a minute, then how many more there were."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

PER_MINUTE = 10
_SECONDS = 60.0


class ThrottledLog:
    """Warns ten times a minute at most; the rest of a minute is one line when it is over."""

    def __init__(
        self,
        log: logging.Logger,
        *,
        per_minute: int = PER_MINUTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._per_minute = per_minute
        self._clock = clock
        self._began = float("-inf")
        self._said = 0
        self._more = 0

    def warning(self, message: str, *values: object) -> None:
        """Say it, or count it."""
        now = self._clock()
        if now - self._began >= _SECONDS:
            self.flush()
            self._began, self._said = now, 0
        if self._said < self._per_minute:
            self._said += 1
            self._log.warning(message, *values)
            return
        self._more += 1
        if self._more == 1:
            with suppress(RuntimeError):  # no loop runs: the next line says it
                asyncio.get_running_loop().call_later(_SECONDS, self.flush)

    def flush(self) -> None:
        """Say how many were not said."""
        if self._more:
            self._log.warning("%d more like these within a minute", self._more)
        self._more = 0
