"""A loop of work that goes on whatever one round met: it waits longer while rounds fail, and says so seldom."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.errors import StoreUnavailable
from bot.operations.logs import log_failure

LONGEST_PAUSE_SECONDS = 15.0
"""Between two rounds of those that fail one after the other."""
SAID_EVERY_SECONDS = 600.0
"""How often it is said that the same still fails."""

Round = Callable[[], Awaitable[bool]]
"""Does some work; whether there may be more."""


class Failures:
    """The failures of one loop, one after the other."""

    def __init__(
        self, log: logging.Logger, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log = log
        self._name = name
        self._clock = clock
        self._said = "", 0.0
        self._number = 0

    def note(self, error: Exception) -> None:
        """Count a failure, and log it unless that was done a moment ago."""
        self._number += 1
        words, now = f"{type(error).__name__} {error}", self._clock()
        said, at = self._said
        if said == words and now - at < SAID_EVERY_SECONDS:
            return
        self._said = words, now
        if isinstance(error, StoreUnavailable):
            self._log.warning("%s: %s", self._name, error)
        else:
            log_failure(self._log, f"{self._name} failed", error)

    def over(self) -> None:
        """A round went well."""
        if self._number > 1:
            self._log.info("%s: goes on after %d failures", self._name, self._number)
        self._number, self._said = 0, ("", 0.0)

    def pause(self, every: float) -> float:
        """Seconds until the next round: twice as many with each failure."""
        return min(every * 2.0 ** min(self._number, 10), max(every, LONGEST_PAUSE_SECONDS))


async def repeat(
    work: Round, failures: Failures, *, every: float, wake: asyncio.Event | None = None
) -> None:
    """Do a round again and again: at once while there is more, else after `every` seconds or when it is woken. One that
    failed is not woken before its pause is over."""
    while True:
        try:
            more = await work()
        except Exception as error:  # noqa: BLE001 - the loop goes on, whatever one round met
            failures.note(error)
            await asyncio.sleep(failures.pause(every))
            continue
        failures.over()
        if more:
            continue
        if wake is None:
            await asyncio.sleep(every)
            continue
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await wake.wait()
