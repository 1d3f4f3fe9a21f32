"""Keeps Home up to date for those who have opened it, off the path of what they do."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.digests.commands import Digest, News
from bot.domain.models import ModelVersion, RunEnd
from bot.domain.runs import Run
from bot.errors import NerbotError
from bot.home.service import Home, next_step
from bot.home.values import HomePage
from bot.home.views import home_view
from bot.jobs.background import Background
from bot.recognition.correction_values import Learned
from bot.slack.notifier_ports import Notifier
from bot.slack.text import View

SETTLE_SECONDS = 1.0
"""What a person did is carried out by then."""
EVERY_SECONDS = 5.0
"""At most one update a person in this time; the last one shows where things stand."""
PATIENCE_SECONDS = 8.0
_KEPT = 10_000

log = logging.getLogger(__name__)

Key = tuple[str, str]


class TellsHome:
    """A notifier of whose news the Home of the person who asked for the run knows, too."""

    def __init__(self, notifier: Notifier, updates: "HomeUpdates") -> None:
        self._notifier = notifier
        self._updates = updates

    async def show_run(
        self, workspace: str, run: Run, end: RunEnd | None = None
    ) -> tuple[str, str] | None:
        """Show the run where it is followed, and let Home follow."""
        shown = await self._notifier.show_run(workspace, run, end)
        self._updates.touch(workspace, run.person)
        return shown

    async def show_pictures(self, workspace: str, run: Run) -> None:
        """Put a run's pictures into its message's thread."""
        await self._notifier.show_pictures(workspace, run)

    async def show_history(
        self,
        workspace: str,
        channel: str,
        versions: Sequence[ModelVersion],
        *,
        live: int | None,
    ) -> bool:
        """Post the scores of versions over time."""
        return await self._notifier.show_history(workspace, channel, versions, live=live)

    async def tell_digest(self, workspace: str, digest: Digest, news: News) -> bool:
        """Post a digest in its channel."""
        return await self._notifier.tell_digest(workspace, digest, news)

    async def tell_learned(self, workspace: str, learned: Learned) -> None:
        """Tell a person that a model finds what they corrected."""
        await self._notifier.tell_learned(workspace, learned)


class HomeUpdates:
    """Publishes Home: at once when it is opened or pressed, a while later after anything else a person did."""

    def __init__(
        self,
        home: Home,
        client: AsyncWebClient,
        background: Background,
        *,
        clock: Callable[[], float] = time.monotonic,
        settle: float = SETTLE_SECONDS,
        every: float = EVERY_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._home = home
        self._client = client
        self._background = background
        self._clock = clock
        self._settle = settle
        self._every = every
        self._patience = patience
        self._waiting: dict[Key, bool] = {}
        self._published: dict[Key, float] = {}

    def touch(self, workspace: str, person: str, *, asked: bool = False) -> None:
        """Note that a person did something; costs the request nothing."""
        key = (workspace, person)
        if key in self._waiting:
            self._waiting[key] |= asked
            return
        self._waiting[key] = asked
        self._background.start(self._later(key), name="update of Home")

    async def choose(self, workspace: str, person: str, project_id: int) -> None:
        """Let a person's Home be about another project; raises NotFound."""
        await self._home.choose(workspace, person, project_id)

    async def show(self, workspace: str, person: str, notice: View | None = None) -> None:
        """Publish a person's Home now, with what became of a button."""
        await self._publish((workspace, person), await self._home.open(workspace, person), notice)

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

    async def _publish(self, key: Key, page: HomePage, notice: View | None = None) -> None:
        self._published[key] = self._clock()
        while len(self._published) > _KEPT:
            del self._published[next(iter(self._published))]
        view = home_view(page, next_step(page), notice)
        try:
            async with asyncio.timeout(self._patience):
                await self._client.views_publish(user_id=key[1], view=view)
        except SlackApiError as error:
            log.warning("Slack refused Home: %s", error.response.get("error"))
        except (OSError, TimeoutError, ValueError) as error:
            log.warning("Home was not sent: %s", type(error).__name__)
