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

from bot.domain import ACTIVE_STATES, ModelVersion, Run, RunEnd
from bot.views.pictures import Picture, run_pictures, scores_picture
from bot.views.text import View, line
from bot.views.training import run_view

EDIT_EVERY_SECONDS = 3.0
PATIENCE_SECONDS = 8.0
"""How long a run waits for Slack to take one message; its lease is longer."""
_NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})

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
    ) -> None:
        self._client = client
        self._draw = draw
        self._clock = clock
        self._messages: dict[int, _Message] = {}

    async def show_run(
        self,
        workspace: str,  # noqa: ARG002 - one token, one workspace
        run: Run,
        end: RunEnd | None = None,
    ) -> tuple[str, str] | None:
        """Post the run's message, or edit it (at most every 3 s while the run goes on).

        Channel and timestamp of a message the run does not know of yet, else None.
        """
        message = self._messages.setdefault(run.id, _Message())
        while len(self._messages) > _RUNS_KEPT:
            del self._messages[next(iter(self._messages))]
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), message.turn:
                return await self._show(run, end, message)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers, and slack_sdk makes of it, the run goes on
            log.warning("could not show run %s: %s", run.id, _reason(error))
        return None

    async def _show(
        self, run: Run, end: RunEnd | None, message: _Message
    ) -> tuple[str, str] | None:
        active = run.state in ACTIVE_STATES
        if active and message.over:
            return None  # this progress is older than the end
        message.over = not active
        told = run.message_channel is not None and run.message is not None
        if told:
            message.place = (str(run.message_channel), str(run.message))
        if message.place is None:
            message.place = await self._post(run, end)
            message.edited = self._clock()
        elif not active or self._clock() - message.edited >= EDIT_EVERY_SECONDS:
            message.edited = self._clock()
            channel, timestamp = message.place
            view = run_view(run, end).to_message()
            await self._client.chat_update(channel=channel, ts=timestamp, **view)
        return None if told else message.place

    async def _post(self, run: Run, end: RunEnd | None) -> tuple[str, str]:
        view = run_view(run, end)
        try:
            return await self._send(run.channel, view)
        except SlackApiError as error:
            if _reason(error) not in _NOT_THERE:
                raise
        return await self._send(run.person, _with_reason(view, run.channel))

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


def _with_reason(view: View, channel: str) -> View:
    words = (
        "nerbot is not a member of the channel you asked in, so the training is told here. "
        "To see it there next time, type /invite @nerbot in that channel."
    )
    log.info("not in channel %s: the person is told instead", channel)
    return View(f"{view.text}\n{words}", (*view.blocks, line(words)))


def _reason(error: Exception) -> str:
    """Slack's own word, where its answer was one of Slack's: a body that is no JSON object comes in other shapes."""
    answer = getattr(error, "response", None)
    data = answer.data if isinstance(answer, AsyncSlackResponse) else None
    return str(data.get("error") if isinstance(data, dict) else type(error).__name__)
