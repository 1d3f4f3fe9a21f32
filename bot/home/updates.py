"""Keeps Home up to date for those who have opened it, off the path of what they do."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from cachetools import LRUCache, TTLCache

from bot.domain.project import Caller
from bot.errors import NerbotError
from bot.home.service import Home, next_step
from bot.home.values import HomePage
from bot.home.views.home import home_view
from bot.jobs.background import Background
from bot.slack.messenger import Messenger
from bot.slack.payloads import Payload, who_did
from bot.slack.text import View

SETTLE_SECONDS = 1.0
"""What a person did is carried out by then."""
EVERY_SECONDS = 5.0
"""At most one update a person in this time; the last one shows where things stand."""
_KEPT = 10_000
NOTICE_SECONDS = 15 * 60.0
"""How long Home shows what became of a button, at most."""

log = logging.getLogger(__name__)

Key = tuple[str, str]


class HomeUpdates:
    """Publishes Home: at once when it is opened or pressed, a while later after anything else a person did."""

    def __init__(
        self,
        home: Home,
        messenger: Messenger,
        background: Background,
        *,
        clock: Callable[[], float] = time.monotonic,
        settle: float = SETTLE_SECONDS,
        every: float = EVERY_SECONDS,
        asking: str = "/ner",
    ) -> None:
        self._asking = asking
        self._home = home
        self._messenger = messenger
        self._background = background
        self._clock = clock
        self._settle = settle
        self._every = every
        self._waiting: dict[Key, bool] = {}
        self._published: LRUCache[Key, float] = LRUCache(_KEPT)
        self.seeded = asyncio.Event()
        """Set once a new workspace has its first sentences."""
        self.seeded.set()
        self._notices: TTLCache[Key, View] = TTLCache(_KEPT, NOTICE_SECONDS)

    async def follow(self, body: Payload, next_: Callable[[], Awaitable[None]]) -> None:
        """Bolt's middleware: whatever a person did, their Home may have to show it."""
        await next_()
        done = who_did(body, asking=self._asking)
        if done is None:
            return
        if done.in_channel:
            # A card in Home may show a sentence that was labelled there; [Label next] brings it again if it was not.
            self._notices.pop((done.workspace, done.person), None)
        self.touch(done.workspace, done.person, asked=done.asked)

    def touch(self, workspace: str, person: str, *, asked: bool = False) -> None:
        """Note that a person did something; costs the request nothing."""
        key = (workspace, person)
        if key in self._waiting:
            self._waiting[key] |= asked
            return
        self._waiting[key] = asked
        self._background.start(self._later(key), name="update of Home")

    async def choose(self, caller: Caller, project_id: int) -> None:
        """Let a person's Home be about another project; raises NotFound."""
        await self._home.choose(caller, project_id)

    async def show(self, workspace: str, person: str, notice: View | None = None) -> bool:
        """Publish a person's Home now, with what became of a button; False where Slack does not.

        A notice with buttons, such as a card, stays for a while, so that it can be gone on with.
        """
        key = (workspace, person)
        if notice is not None:
            self._notices[key] = notice
        elif not _has_buttons(self._notices.get(key)):
            self._notices.pop(key, None)
        page = await self._home.open(workspace, person)
        if not self.seeded.is_set():
            page = replace(page, starting=True)
            self._background.start(self._once_seeded(key), name="first Home", droppable=True)
        return await self._publish(key, page)

    async def _once_seeded(self, key: Key) -> None:
        """Show it again with the first sentences."""
        await self.seeded.wait()
        await self._publish(key, await self._home.open(*key))

    async def close(self, workspace: str, person: str) -> None:
        """Show Home without a notice."""
        self._notices.pop((workspace, person), None)
        await self.show(workspace, person)

    async def _later(self, key: Key) -> None:
        wait = max(self._settle, self._published.get(key, 0.0) + self._every - self._clock())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._background.stopping.wait(), wait)
        asked = self._waiting.pop(key)
        if self._background.stopping.is_set():
            return  # opening Home shows it anew
        try:
            page = await self._home.refreshed(*key, asked=asked)
        except NerbotError as error:
            log.warning("Home could not be read: %s", type(error).__name__)
            return
        if page is not None:
            await self._publish(key, page)

    async def _publish(self, key: Key, page: HomePage) -> bool:
        self._published[key] = self._clock()
        view = home_view(page, next_step(page), self._notices.get(key))
        return await self._messenger.publish_home(*key, view)


def _has_buttons(notice: View | None) -> bool:
    return notice is not None and any(block.type == "actions" for block in notice.blocks)
