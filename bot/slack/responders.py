"""From a function that makes a view to a Bolt listener: the ack carries the answer where it is ready in time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.jobs.background import Background
from bot.slack.command_help import CommandHelp
from bot.slack.error_presenter import Presented, present
from bot.slack.payloads import Payload
from bot.slack.text import View

Work = Callable[[Payload], Awaitable[View]]
Later = Callable[[Payload], Awaitable[str | None]]
Listener = Callable[[AsyncAck, AsyncRespond, Payload], Awaitable[None]]

ACK_WITHIN_SECONDS = 2.0
"""Slack gives up after 3 s; what is slower than this is answered later."""
WORDS_WITHIN_SECONDS = 0.5


class Replies:
    """Makes listeners; owns the answers that come late: those that are not ready `ack_within` so many seconds.

    The words that say so must be ready `words_within` so many more.
    """

    def __init__(
        self,
        background: Background,
        *,
        ack_within: float = ACK_WITHIN_SECONDS,
        words_within: float = WORDS_WITHIN_SECONDS,
    ) -> None:
        self._background = background
        self._ack_within = ack_within
        self._words_within = words_within

    def start(self, work: Coroutine[None, None, None], *, name: str) -> None:
        """Go on after the ack; the bot waits for it when it ends."""
        self._background.start(work, name=name)

    def to_command(self, told: CommandHelp, work: Work, *, later: Later | None = None) -> Listener:
        """A slash command answered in its ack, for the person who typed it; `later` says why an answer is not ready."""

        async def listener(ack: AsyncAck, respond: AsyncRespond, body: Payload) -> None:
            answer = asyncio.ensure_future(present(work(body), told=told))
            done, _ = await asyncio.wait({answer}, timeout=self._ack_within)
            if done:
                await ack(**answer.result().view.to_message())
                return
            await ack(text=await _why_later(body, later, within=self._words_within))
            self._background.start(
                _answer(answer, respond, replace=False), name=f"late answer to {told.command}"
            )

        return listener

    def to_button(self, work: Work, *, replace: bool = True) -> Listener:
        """A button whose message turns into the answer, or beside which the answer appears.

        The answer goes over the response_url: the ack of a button cannot carry one.
        """

        async def listener(ack: AsyncAck, respond: AsyncRespond, body: Payload) -> None:
            await ack()
            answer = asyncio.ensure_future(present(work(body)))
            self._background.start(_answer(answer, respond, replace=replace), name="button")

        return listener


async def _why_later(body: Payload, later: Later | None, *, within: float) -> str:
    """Words for an answer that is not ready; they must be there in time themselves."""
    words = None
    if later is not None:
        with suppress(Exception):
            async with asyncio.timeout(within):
                words = await later(body)
    return words or "This takes a moment longer than usual; the answer comes here."


async def _answer(
    answer: asyncio.Future[Presented], respond: AsyncRespond, *, replace: bool
) -> None:
    presented = await answer
    await respond(
        **presented.view.to_message(),
        response_type="ephemeral",
        replace_original=replace and not presented.failed,
    )
