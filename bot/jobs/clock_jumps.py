"""Notices that the machine's clock was set, and lets those who keep times by it set theirs right."""

import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.jobs.lease_watch import Monotonic

NOTICED = timedelta(seconds=5)
"""What a clock loses or gains by itself between two looks is far less."""

Moved = Callable[[datetime, datetime], Awaitable[None]]
"""Hears what the clock would say now if it had not been set, and what it says."""

log = logging.getLogger(__name__)


class ClockJumps:
    """Compares the wall clock with the monotonic one at each look. For a machine that slept, it was set, too."""

    def __init__(
        self,
        *listeners: Moved,
        clock: Callable[[], datetime],
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._listeners = listeners
        self._clock = clock
        self._monotonic = monotonic
        self._seen = (clock(), monotonic())

    async def look(self) -> None:
        """Tell the listeners of a jump since the last look that they all heard of."""
        wall, seconds = self._clock(), self._monotonic()
        expected = self._seen[0] + timedelta(seconds=seconds - self._seen[1])
        if abs(wall - expected) >= NOTICED:
            log.warning("the clock was set by %.0f s", (wall - expected).total_seconds())
            for listener in self._listeners:
                await listener(expected, wall)
        self._seen = (wall, seconds)
