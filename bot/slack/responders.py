"""From a function that makes a view to a Bolt listener: the ack carries the answer where it is ready in time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck

from bot.errors import (
    DiskFull,
    EngineUnavailable,
    InvalidSchedule,
    InvalidSetting,
    NotAllowed,
    NotUnderstood,
    PersonError,
    StoreUnavailable,
    TextRefused,
)
from bot.jobs.background import Background
from bot.operations.logs import log_failure
from bot.slack.command_help import CommandHelp, misunderstood_view, usage_view
from bot.slack.payloads import HelpWanted, Payload, text_of_command
from bot.slack.reply_places import reply_place
from bot.slack.telling.answers import Answers
from bot.slack.telling.modals import Modals
from bot.slack.text import View, refusal_view, words_view

_MISTYPED = (NotUnderstood, TextRefused, InvalidSchedule, InvalidSetting)
"""What another form of the command helps against."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Presented:
    """What to show, and whether it tells of a failure."""

    view: View
    failed: bool = False


async def present(
    work: Awaitable[View],
    *,
    told: CommandHelp | None = None,
    typed: str = "",
    others: Sequence[CommandHelp] = (),
) -> Presented:
    """Wait for the view; whatever is raised instead becomes a sentence with the next step, never a traceback.

    What was `typed` after the command that is `told` of names the form that is nearest to it, there or in the `others`.
    """
    try:
        return Presented(await work)
    except HelpWanted as error:
        view = usage_view(told) if told else words_view(str(error))
    except _MISTYPED as error:
        reason = str(error)
        view = misunderstood_view(told, reason, typed, others) if told else words_view(reason)
    except NotAllowed as error:
        view = refusal_view(str(error), error.who)
    except Exception as error:  # noqa: BLE001 - nothing may escape: it would wipe the ack
        view = words_view(in_words(error))
    return Presented(view, failed=True)


def in_words(error: Exception) -> str:
    """What happened and what to do next, for the person who asked; what is not their doing is logged."""
    match error:
        case PersonError():
            return str(error)
        case DiskFull():
            log.error("the disk is full: nothing was saved")
            return f"Nothing was saved, because {error}."
        case StoreUnavailable():
            log_failure(log, "a request was not carried out", error)
            return f"Nothing was saved, because {error}. Please try again in a moment."
        case EngineUnavailable():
            log_failure(log, "a request was not answered", error)
            return str(error)
    log_failure(log, "a request failed", error)
    return (
        "Something went wrong inside nerbot and this request was not carried out. Please try again; if it happens "
        "again, the log of the machine nerbot runs on says more."
    )


Work = Callable[[Payload], Awaitable[View]]
Later = Callable[[Payload], Awaitable[str | None]]
Listener = Callable[[AsyncAck, Payload], Awaitable[None]]

ACK_WITHIN_SECONDS = 2.0
"""Slack gives up after 3 s; what is slower than this is answered later."""
WORDS_WITHIN_SECONDS = 0.5


class Responders:
    """Makes listeners; owns the answers that come late: those that are not ready `ack_within` so many seconds.

    The words that say so must be ready `words_within` so many more.
    """

    def __init__(
        self,
        background: Background,
        answers: Answers,
        modals: Modals,
        *,
        commands: Sequence[CommandHelp] = (),
        ack_within: float = ACK_WITHIN_SECONDS,
        words_within: float = WORDS_WITHIN_SECONDS,
    ) -> None:
        self._background = background
        self.answers = answers
        self.modals = modals
        self._commands = commands
        self._ack_within = ack_within
        self._words_within = words_within

    def start(self, work: Coroutine[None, None, None], *, name: str) -> None:
        """Go on after the ack; the bot waits for it when it ends."""
        self._background.start(work, name=name)

    def to_command(self, told: CommandHelp, work: Work, *, later: Later | None = None) -> Listener:
        """A slash command answered in its ack, for the person who typed it; `later` says why an answer is not ready."""

        async def listener(ack: AsyncAck, body: Payload) -> None:
            typed = text_of_command(body)
            answered = present(work(body), told=told, typed=typed, others=self._commands)
            answer = asyncio.ensure_future(answered)
            done, _ = await asyncio.wait({answer}, timeout=self._ack_within)
            if done:
                await ack(**answer.result().view.to_message())
                return
            await ack(text=await _why_later(body, later, within=self._words_within))
            self._background.start(
                self._answer(answer, body, replace=False), name=f"late answer to {told.command}"
            )

        return listener

    def to_button(self, work: Work, *, replace: bool = True) -> Listener:
        """A button whose message turns into the answer, or beside which the answer appears.

        The answer goes over the response_url: the ack of a button cannot carry one.
        """

        async def listener(ack: AsyncAck, body: Payload) -> None:
            await ack()
            answer = asyncio.ensure_future(present(work(body)))
            self._background.start(self._answer(answer, body, replace=replace), name="button")

        return listener

    async def _answer(
        self, answer: asyncio.Future[Presented], body: Payload, *, replace: bool
    ) -> None:
        presented = await answer
        await self.answers.send(
            reply_place(body), presented.view, replace=replace and not presented.failed
        )


async def _why_later(body: Payload, later: Later | None, *, within: float) -> str:
    """Words for an answer that is not ready; they must be there in time themselves."""
    words = None
    if later is not None:
        with suppress(Exception):
            async with asyncio.timeout(within):
                words = await later(body)
    return words or "This takes a moment longer than usual; the answer is posted here."
