"""What happened outside people's requests, told in Slack."""

import asyncio
import logging
import time

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import ACTIVE_STATES, Run
from bot.views.messages import run_view
from bot.views.text import View, line

EDIT_EVERY_SECONDS = 3.0
PATIENCE_SECONDS = 8.0
"""How long a run waits for Slack to take one message; its lease is longer."""
_NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})

log = logging.getLogger(__name__)


class SlackNotifier:
    """Posts and edits the messages of runs. A failure to tell is logged and never ends what it tells of."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._edited: dict[int, float] = {}

    async def show_run(self, workspace: str, run: Run) -> tuple[str, str] | None:  # noqa: ARG002 - one token, one workspace
        """Post the run's message, or edit it (at most every 3 s while the run goes on)."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if run.message is None or run.message_channel is None:
                    return await self._post(run)
                await self._edit(run, run.message_channel, run.message)
        except (SlackClientError, ClientError, TimeoutError, OSError) as error:
            log.warning("could not show run %s: %s", run.id, _reason(error))
        return None

    async def _post(self, run: Run) -> tuple[str, str]:
        view = run_view(run)
        try:
            posted = await self._send(run.channel, view)
        except SlackApiError as error:
            if _reason(error) not in _NOT_THERE:
                raise
            posted = await self._send(run.person, _with_reason(view, run.channel))
        self._edited[run.id] = time.monotonic()
        return posted

    async def _send(self, channel: str, view: View) -> tuple[str, str]:
        answer = await self._client.chat_postMessage(
            channel=channel, unfurl_links=False, unfurl_media=False, **view.to_message()
        )
        return str(answer["channel"]), str(answer["ts"])

    async def _edit(self, run: Run, channel: str, message: str) -> None:
        active = run.state in ACTIVE_STATES
        if active and time.monotonic() - self._edited.get(run.id, 0.0) < EDIT_EVERY_SECONDS:
            return
        self._edited[run.id] = time.monotonic()
        if not active:
            del self._edited[run.id]
        await self._client.chat_update(channel=channel, ts=message, **run_view(run).to_message())


def _with_reason(view: View, channel: str) -> View:
    words = (
        "nerbot is not a member of the channel you asked in, so the training is told here. "
        "To see it there next time, type /invite @nerbot in that channel."
    )
    log.info("not in channel %s: the person is told instead", channel)
    return View(f"{view.text}\n{words}", (*view.blocks, line(words)))


def _reason(error: BaseException) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error", "unknown"))
    return type(error).__name__
