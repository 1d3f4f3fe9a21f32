"""What nerbot says in Slack without being asked: messages, pictures and Home, whatever Slack answers."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from cachetools import LRUCache
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.text import View, line

EDIT_EVERY_SECONDS = 3.0
PATIENCE_SECONDS = 8.0
"""How long Slack may take for one message; the lease of a run, which waits for it, is longer."""
ALT_TEXT = 1_000
"""Slack's limit for what is said of a picture."""
_KEPT = 200
"""Followed messages of which something is known here."""
_NO_MEMBER = (
    "nerbot is not a member of the channel {subject} belongs to, so it is told here. "
    "To see the next one there, type /invite @nerbot in that channel."
)
_REASONS = {
    "not_in_channel": _NO_MEMBER,
    "channel_not_found": _NO_MEMBER,
    "is_archived": "The channel {subject} belongs to was archived, so it is told here.",
    "restricted_action": "In the channel {subject} belongs to nerbot may not post, so it is told here.",
    "message_not_found": "The message that followed {subject} was deleted, so it is told here.",
    "cant_update_message": "The message that followed {subject} cannot be edited, so it is told here.",
    "edit_window_closed": "The message that followed {subject} can no longer be edited, so it is told here.",
}
"""Slack's refusals that stay: a message cannot be where it was to be."""

Draw = Callable[[Sequence[dict[str, Any]]], Awaitable[list[bytes]]]
"""Makes PNG files of pictures."""

log = logging.getLogger(__name__)


class Place(NamedTuple):
    """Where a message is."""

    channel: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class Post:
    """Something that is said once, in a channel or to a person."""

    workspace: str
    key: str
    """Which message it is; it names it in the log, too."""
    channel: str
    view: View


@dataclass(frozen=True, slots=True)
class FollowedMessage:
    """The newest state of a message that follows something: it is posted once and edited from then on."""

    workspace: str
    key: str
    """The same for every state of the message; it names it in the log, too."""
    channel: str
    view: View
    person: str
    """Whoever gets it by direct message, with the reason, where it cannot be in the channel."""
    subject: str
    """What it follows, as the reason calls it."""
    place: Place | None = None
    """Where it is, as far as the sender knows."""
    final: bool = False
    """It is shown at once, and nothing that is not final is shown after it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be drawn: its kind, its numbers, and its words."""

    kind: str
    name: str
    title: str
    alt: str
    data: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """What the process that draws needs."""
        return {"kind": self.kind, "title": self.title, "data": self.data}


class Messenger(Protocol):
    """Says things in Slack; what fails is logged and never ends what it tells of."""

    async def post(self, post: Post) -> bool:
        """Say something once; False where its channel will take nothing any more."""

    async def follow(self, message: FollowedMessage) -> Place | None:
        """Post a message, or edit it (at most every 3 s until it is final).

        Where the message is gone, or its channel is archived or has lost us, the person gets one of their own with the
        reason, and that one is edited from then on. The place of a message that the sender does not know of, else None.
        """

    async def upload(
        self,
        workspace: str,
        channel: str,
        pictures: Sequence[Picture],
        *,
        thread: str | None = None,
    ) -> bool:
        """Show pictures in a channel or a thread; False where they could not be shown."""

    async def publish_home(self, workspace: str, person: str, view: dict[str, Any]) -> None:
        """Let a person's Home show this."""


@dataclass(slots=True)
class _State:
    """What is known here of a followed message; one call at a time, so that none overtakes another."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    place: Place | None = None
    edited: float = -math.inf
    final: bool = False
    lost: bool = False
    """There is no place left for it."""


class SlackMessenger:
    """Implements `Messenger` by calls that are made at once; `draw` makes pictures, where there are any."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        draw: Draw | None = None,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._client = client
        self._draw = draw
        self._clock = clock
        self._patience = patience
        self._states: LRUCache[str, _State] = LRUCache(_KEPT)

    async def post(self, post: Post) -> bool:
        """Say something once; False where its channel will take nothing any more."""
        try:
            async with asyncio.timeout(self._patience):
                await self._send(post.channel, post.view)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers, nerbot goes on
            log.warning("could not tell %s: %s", post.key, _code(error))
            return _code(error) not in _REASONS
        return True

    async def follow(self, message: FollowedMessage) -> Place | None:
        """Post a message, or edit it; the place of one that the sender does not know of."""
        state = self._states.setdefault(message.key, _State())
        try:
            async with asyncio.timeout(self._patience), state.lock:
                return await self._show(message, state)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers, and slack_sdk makes of it, nerbot goes on
            log.warning("could not show %s: %s", message.key, _code(error))
        return None

    async def _show(self, message: FollowedMessage, state: _State) -> Place | None:
        if state.lost or (state.final and not message.final):
            return None  # this state is older than the end
        state.final = message.final
        state.place = state.place or message.place
        before = state.place if message.place else None
        if state.place is None:
            state.place = await self._first(message)
            state.edited = self._clock()
        elif message.final or self._clock() - state.edited >= EDIT_EVERY_SECONDS:
            state.edited = self._clock()
            state.place = await self._edit(message, state, state.place)
        return None if state.place == before else state.place

    async def _first(self, message: FollowedMessage) -> Place:
        try:
            return await self._send(message.channel, message.view)
        except SlackApiError as error:
            reason = _reason(error, message)
        log.info("%s cannot be told in its channel: the person is told instead", message.key)
        return await self._send(message.person, _with_reason(message.view, reason))

    async def _edit(self, message: FollowedMessage, state: _State, place: Place) -> Place:
        """Edit the message; where it is afterwards."""
        try:
            await self._client.chat_update(
                channel=place.channel, ts=place.timestamp, **message.view.to_message()
            )
        except SlackApiError as error:
            reason = _reason(error, message)
        else:
            return place
        log.info("%s lost its message: the person is told instead", message.key)
        state.lost = True  # unless the next call finds a place for it
        found = await self._send(message.person, _with_reason(message.view, reason))
        state.lost = False
        return found

    async def upload(
        self,
        workspace: str,  # noqa: ARG002 - one token, one workspace
        channel: str,
        pictures: Sequence[Picture],
        *,
        thread: str | None = None,
    ) -> bool:
        """Show pictures in a channel or a thread; False where they could not be shown."""
        if self._draw is None:
            return False
        try:
            drawn = await self._draw([picture.to_json() for picture in pictures])
            files = [
                {"filename": p.name, "title": p.title, "alt_txt": p.alt, "content": content}
                for p, content in zip(pictures, drawn, strict=True)
            ]
            await self._client.files_upload_v2(
                channel=channel, thread_ts=thread, file_uploads=files, request_file_info=False
            )
        except Exception as error:  # noqa: BLE001 - a picture is an extra: whatever fails, the words are there
            log.warning("could not show %s: %s", pictures[0].name, _code(error))
            return False
        return True

    async def publish_home(self, workspace: str, person: str, view: dict[str, Any]) -> None:  # noqa: ARG002 - as above
        """Let a person's Home show this."""
        try:
            async with asyncio.timeout(self._patience):
                await self._client.views_publish(user_id=person, view=view)
        except Exception as error:  # noqa: BLE001 - as above: opening Home shows it again
            log.warning("Home was not published: %s", _code(error))

    async def _send(self, channel: str, view: View) -> Place:
        answer = await self._client.chat_postMessage(
            channel=channel, unfurl_links=False, unfurl_media=False, **view.to_message()
        )
        assert isinstance(answer.data, dict), "only files come in another form"
        return Place(str(answer.data["channel"]), str(answer.data["ts"]))


def _reason(error: SlackApiError, message: FollowedMessage) -> str:
    """Why a message cannot be where it was to be; raises the error where that may pass."""
    reason = _REASONS.get(_code(error))
    if reason is None:
        raise error
    return reason.format(subject=message.subject)


def _with_reason(view: View, words: str) -> View:
    return View(f"{view.text}\n{words}", (*view.blocks, line(words)))


def _code(error: Exception) -> str:
    """Slack's own word, where its answer was one of Slack's: a body that is no JSON object comes in other shapes."""
    answer = getattr(error, "response", None)
    data = answer.data if isinstance(answer, AsyncSlackResponse) else None
    return str(data.get("error") if isinstance(data, dict) else type(error).__name__)
