"""Whether Slack reaches us by Socket Mode: said when it is lost, when it is back, and to whoever asks."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self

LOOK_EVERY_SECONDS = 0.5

log = logging.getLogger(__name__)


class LinkWatch:
    """Looks at a link that others make and mend."""

    def __init__(
        self,
        is_up: Callable[[], Awaitable[bool]],
        session: Callable[[], object],
        *,
        every: float = LOOK_EVERY_SECONDS,
    ) -> None:
        self._is_up = is_up
        self._session = session
        self._every = every
        self._known = session()
        self._announced = False
        self._refused: str | None = None
        self._lost: float | None = None
        self._watching: asyncio.Task[None] | None = None
        self.on_back: Callable[[], None] = lambda: None
        """Called when the link is there again, or is another one: something may not have been heard."""

    @property
    def up(self) -> bool:
        """Whether it was there at the last look."""
        return self._lost is None and self._refused is None

    async def check(self) -> str | None:
        """What is wrong, for whoever asks how things are."""
        if self._refused is not None:
            return self._refused
        return None if self.up else "the Socket Mode link is lost"

    def announced(self) -> None:
        """Slack said that it ends this connection and waits for the next."""
        self._announced = True

    def refused(self, why: str) -> None:
        """Slack lets us in no longer, so nobody mends the link; whoever asks is told why."""
        self._refused = why

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch(), name="watch the link to Slack")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._watching is not None
        self._watching.cancel()
        with suppress(asyncio.CancelledError):
            await self._watching

    async def _watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self._every)

    async def look(self) -> None:
        """See how it is now, and say what has changed; a link that is refused was spoken of."""
        if self._refused is not None:
            return
        is_up, session = await self._is_up(), self._session()
        if not is_up and self._lost is None:
            self._lost = time.monotonic()
            log.warning("the Socket Mode link to Slack is lost; connecting again")
        elif is_up and self._lost is not None:
            log.info("the Socket Mode link is back after %.0f s", time.monotonic() - self._lost)
            self._lost = None
            self.on_back()
        elif is_up and session is not self._known:
            if self._announced:
                log.info("the Socket Mode link was renewed, as Slack asked")
            else:
                log.warning("the Socket Mode link to Slack was lost, and is back")
            self._announced = False
            self.on_back()
        if is_up:
            self._known = session
