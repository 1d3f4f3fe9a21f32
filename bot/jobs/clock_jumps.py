"""Notices that the database's clock was set, and lets those who keep times by it set theirs right."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.db.clock import DatabaseClock, Jump

NOTICED = timedelta(seconds=5)
"""What a clock loses or gains by itself between two looks is far less."""

Moved = Callable[[Jump], Awaitable[None]]

log = logging.getLogger(__name__)


class ClockJumps:
    """Compares the database's clock with the monotonic one at each look. For a machine that slept, it was set, too."""

    def __init__(self, *listeners: Moved, clock: DatabaseClock) -> None:
        self._listeners = listeners
        self._clock = clock

    async def look(self) -> None:
        """Tell the listeners of a jump since the last look that they all heard of, and go by the new time then.
        Raises StoreUnavailable."""
        reading = await self._clock.read()
        jump = self._clock.jump(reading)
        if abs(jump.now - jump.expected) >= NOTICED:
            seconds = (jump.now - jump.expected).total_seconds()
            log.warning("the clock was set by %.0f s", seconds)
            for listener in self._listeners:
                await listener(jump)
        self._clock.follow(reading)
