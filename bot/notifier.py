"""What happened outside people's requests, told in Slack."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain import ACTIVE_STATES, Digest, News, Run
from bot.views.digest import digest_view
from bot.views.text import View, line, words_view
from bot.views.training import run_view

EDIT_EVERY_SECONDS = 3.0
PATIENCE_SECONDS = 8.0
"""How long a run waits for Slack to take one message; its lease is longer."""
_NO_MEMBER = (
    "nerbot is not a member of the channel this training belongs to, so it is told here. "
    "To see the next one there, type /invite @nerbot in that channel."
)
_REASONS = {
    "not_in_channel": _NO_MEMBER,
    "channel_not_found": _NO_MEMBER,
    "is_archived": "The channel this training belongs to was archived, so it is told here.",
    "restricted_action": "In the channel this training belongs to nerbot may not post, so it is told here.",
    "message_not_found": "The message that followed this training was deleted, so it is told here.",
    "cant_update_message": "The message that followed this training cannot be edited, so it is told here.",
    "edit_window_closed": "The message that followed this training can no longer be edited, so it is told here.",
}
"""Why a message cannot be where it was to be; then the person behind the run hears of it, once."""

_RUNS_KEPT = 200

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Message:
    """What is known here of a run's message; one call at a time, so that none overtakes another."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    place: tuple[str, str] | None = None
    edited: float = -math.inf
    over: bool = False
    lost: bool = False
    """There is no place left to tell of this run."""


class SlackNotifier:
    """Posts and edits the messages of runs. A failure to tell is logged and never ends what it tells of."""

    def __init__(
        self, client: AsyncWebClient, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._messages: dict[int, _Message] = {}

    async def show_run(self, workspace: str, run: Run) -> tuple[str, str] | None:  # noqa: ARG002 - one token, one workspace
        """Post the run's message, or edit it (at most every 3 s while the run goes on).

        Where the message is gone, or its channel is archived or has lost us, the person behind the run gets a message
        of their own with the reason, and that one is followed from then on.
        Channel and timestamp of a message the run does not know of yet, else None.
        """
        message = self._messages.setdefault(run.id, _Message())
        while len(self._messages) > _RUNS_KEPT:
            del self._messages[next(iter(self._messages))]
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), message.turn:
                return await self._show(run, message)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers, and slack_sdk makes of it, the run goes on
            log.warning("could not show run %s: %s", run.id, _reason(error))
        return None

    async def _show(self, run: Run, message: _Message) -> tuple[str, str] | None:
        active = run.state in ACTIVE_STATES
        if message.lost or (active and message.over):
            return None  # this progress is older than the end
        message.over = not active
        told = run.message_channel is not None and run.message is not None
        if message.place is None and told:
            message.place = (str(run.message_channel), str(run.message))
        before = message.place if told else None
        if message.place is None:
            message.place = await self._post(run)
            message.edited = self._clock()
        elif not active or self._clock() - message.edited >= EDIT_EVERY_SECONDS:
            message.edited = self._clock()
            message.place = await self._edit(run, message, message.place)
        return None if message.place == before else message.place

    async def _post(self, run: Run) -> tuple[str, str]:
        view = run_view(run)
        try:
            return await self._send(run.channel, view)
        except SlackApiError as error:
            reason = _REASONS.get(_reason(error))
            if reason is None:
                raise
        log.info("run %s cannot be told in its channel: the person is told instead", run.id)
        return await self._send(run.person, _with_reason(view, reason))

    async def _edit(self, run: Run, message: _Message, place: tuple[str, str]) -> tuple[str, str]:
        """Edit the message; where it is afterwards."""
        view = run_view(run)
        channel, timestamp = place
        try:
            await self._client.chat_update(channel=channel, ts=timestamp, **view.to_message())
        except SlackApiError as error:
            reason = _REASONS.get(_reason(error))
            if reason is None:
                raise
        else:
            return place
        log.info("run %s lost its message: the person is told instead", run.id)
        message.lost = True  # unless the next call finds a place for it
        found = await self._send(run.person, _with_reason(view, reason))
        message.lost = False
        return found

    async def tell_digest(self, workspace: str, digest: Digest, news: News) -> bool:  # noqa: ARG002 - one token, one workspace
        """Post a digest; False where its channel will take none any more, which the person who set it hears, once."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._send(digest.channel, digest_view(digest, news))
        except Exception as error:  # noqa: BLE001 - whatever Slack answers, nerbot goes on
            log.warning("could not tell digest %s: %s", digest.id, _reason(error))
            if _reason(error) not in _REASONS:
                return True
            await self._say_lost(digest)
            return False
        return True

    async def _say_lost(self, digest: Digest) -> None:
        view = words_view(
            "The digest you set in a channel cannot be told there any more (the channel is archived, or nerbot is no "
            "member of it), so it is switched off. To get it again, type /invite @nerbot there and set it anew."
        )
        try:
            await self._send(digest.person, view)
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("could not say that digest %s is off: %s", digest.id, _reason(error))

    async def _send(self, channel: str, view: View) -> tuple[str, str]:
        answer = await self._client.chat_postMessage(
            channel=channel, unfurl_links=False, unfurl_media=False, **view.to_message()
        )
        assert isinstance(answer.data, dict), "only files come in another form"
        return str(answer.data["channel"]), str(answer.data["ts"])


def _with_reason(view: View, words: str) -> View:
    return View(f"{view.text}\n{words}", (*view.blocks, line(words)))


def _reason(error: Exception) -> str:
    """Slack's own word, where its answer was one of Slack's: a body that is no JSON object comes in other shapes."""
    answer = getattr(error, "response", None)
    data = answer.data if isinstance(answer, AsyncSlackResponse) else None
    return str(data.get("error") if isinstance(data, dict) else type(error).__name__)
