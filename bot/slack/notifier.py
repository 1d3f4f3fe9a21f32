"""What happened outside people's requests, told in Slack."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.digests.commands import Digest, News
from bot.digests.views import digest_view
from bot.domain.models import ModelVersion, RunEnd
from bot.domain.runs import ACTIVE_STATES, Run
from bot.recognition.correction_values import Learned
from bot.recognition.notice_views import learned_view
from bot.slack.text import View, line, words_view
from bot.training.views.plots import Picture, run_pictures, scores_picture
from bot.training.views.run import run_view

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

Draw = Callable[[Sequence[dict[str, Any]]], Awaitable[list[bytes]]]
"""Makes PNG files of pictures."""

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
    """Posts and edits the messages of runs, with their pictures where something draws them.

    A failure to tell is logged and never ends what it tells of.
    """

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
        self._messages: dict[int, _Message] = {}

    async def show_run(
        self,
        workspace: str,  # noqa: ARG002 - one token, one workspace
        run: Run,
        end: RunEnd | None = None,
    ) -> tuple[str, str] | None:
        """Post the run's message, or edit it (at most every 3 s while the run goes on).

        Where the message is gone, or its channel is archived or has lost us, the person behind the run gets a message
        of their own with the reason, and that one is followed from then on.
        Channel and timestamp of a message the run does not know of yet, else None.
        """
        message = self._messages.setdefault(run.id, _Message())
        while len(self._messages) > _RUNS_KEPT:
            del self._messages[next(iter(self._messages))]
        try:
            async with asyncio.timeout(self._patience), message.turn:
                return await self._show(run, end, message)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers, and slack_sdk makes of it, the run goes on
            log.warning("could not show run %s: %s", run.id, _reason(error))
        return None

    async def _show(
        self, run: Run, end: RunEnd | None, message: _Message
    ) -> tuple[str, str] | None:
        active = run.state in ACTIVE_STATES
        if message.lost or (active and message.over):
            return None  # this progress is older than the end
        message.over = not active
        told = run.message_channel is not None and run.message is not None
        if message.place is None and told:
            message.place = (str(run.message_channel), str(run.message))
        before = message.place if told else None
        if message.place is None:
            message.place = await self._post(run, end)
            message.edited = self._clock()
        elif not active or self._clock() - message.edited >= EDIT_EVERY_SECONDS:
            message.edited = self._clock()
            message.place = await self._edit(run, end, message, message.place)
        return None if message.place == before else message.place

    async def _post(self, run: Run, end: RunEnd | None) -> tuple[str, str]:
        view = run_view(run, end)
        try:
            return await self._send(run.channel, view)
        except SlackApiError as error:
            reason = _REASONS.get(_reason(error))
            if reason is None:
                raise
        log.info("run %s cannot be told in its channel: the person is told instead", run.id)
        return await self._send(run.person, _with_reason(view, reason))

    async def _edit(
        self, run: Run, end: RunEnd | None, message: _Message, place: tuple[str, str]
    ) -> tuple[str, str]:
        """Edit the message; where it is afterwards."""
        view = run_view(run, end)
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
            async with asyncio.timeout(self._patience):
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

    async def tell_learned(self, workspace: str, learned: Learned) -> None:  # noqa: ARG002 - one token, one workspace
        """Tell a person, in a message of their own, that a model finds what they corrected."""
        try:
            async with asyncio.timeout(self._patience):
                await self._send(learned.person, learned_view(learned))
        except Exception as error:  # noqa: BLE001 - as above
            what = f"model {learned.version} of project {learned.project_id}"
            log.warning("could not tell what %s learned: %s", what, _reason(error))

    async def show_pictures(self, workspace: str, run: Run) -> None:  # noqa: ARG002 - one token, one workspace
        """Put the pictures of what a run found out into its message's thread."""
        pictures = run_pictures(run)
        if pictures and run.message_channel is not None:
            await self._upload(pictures, run.message_channel, thread=run.message)

    async def show_history(
        self,
        workspace: str,  # noqa: ARG002 - one token, one workspace
        channel: str,
        versions: Sequence[ModelVersion],
        *,
        live: int | None,
    ) -> bool:
        """Post the scores of versions over time as a picture; False where it could not be posted."""
        return await self._upload([scores_picture(versions, live=live)], channel)

    async def _upload(
        self, pictures: Sequence[Picture], channel: str, *, thread: str | None = None
    ) -> bool:
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
            log.warning("could not show %s: %s", pictures[0].name, _reason(error))
            return False
        return True

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
