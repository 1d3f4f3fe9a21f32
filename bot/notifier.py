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

from bot.domain import ACTIVE_STATES, Run
from bot.views.text import View, line
from bot.views.training import run_view

EDIT_EVERY_SECONDS = 3.0
PATIENCE_SECONDS = 8.0
"""How long a run waits for Slack to take one message; its lease is longer."""
_NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})

_RUNS_KEPT = 200

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Message:
    """What is known here of a run's message; one call at a time, so that none overtakes another."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    place: tuple[str, str] | None = None
    edited: float = -math.inf
    over: bool = False


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
        if active and message.over:
            return None  # this progress is older than the end
        message.over = not active
        told = run.message_channel is not None and run.message is not None
        if told:
            message.place = (str(run.message_channel), str(run.message))
        if message.place is None:
            message.place = await self._post(run)
            message.edited = self._clock()
        elif not active or self._clock() - message.edited >= EDIT_EVERY_SECONDS:
            message.edited = self._clock()
            channel, timestamp = message.place
            view = run_view(run).to_message()
            await self._client.chat_update(channel=channel, ts=timestamp, **view)
        return None if told else message.place

    async def _post(self, run: Run) -> tuple[str, str]:
        view = run_view(run)
        try:
            return await self._send(run.channel, view)
        except SlackApiError as error:
            if _reason(error) not in _NOT_THERE:
                raise
        return await self._send(run.person, _with_reason(view, run.channel))

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
