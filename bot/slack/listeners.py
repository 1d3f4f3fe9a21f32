"""Makes an app listen to commands and buttons, as the features list them."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from slack_bolt.async_app import AsyncApp

from bot.domain.project import Caller
from bot.slack import action_ids as ids
from bot.slack.command_help import CommandHelp, all_usage_view, usage_view
from bot.slack.payloads import Payload, action_value, caller_of_action, read_id
from bot.slack.responders import Responders, Work
from bot.slack.text import View

S = TypeVar("S")
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Button(Generic[S]):
    """One button of a feature whose use cases are methods of `S` (or functions that take it first)."""

    action: str | re.Pattern[str]
    """Its action id; a pattern where several differ by a number."""
    parse: Callable[[str], Any]
    """Its value, as a command; raises NotUnderstood."""
    handle: Callable[[S, Caller, Any], Awaitable[Any]]
    view: Callable[[Any], View]
    replaces: bool = True
    """Whether the answer takes the place of the message the button is in, or is shown beside it."""

    async def answer(self, service: S, body: Payload) -> View:
        """Parse, carry out, show."""
        command = self.parse(action_value(body))
        return self.view(await self.handle(service, caller_of_action(body), command))


def with_id(command: Callable[[int], C]) -> Callable[[str], C]:
    """Reads a button whose value is the id of a row."""
    return lambda value: command(read_id(value))


class Listeners:
    """What an app listens to."""

    def __init__(self, app: AsyncApp, replies: Responders) -> None:
        self._app = app
        self._replies = replies

    def command(self, told: CommandHelp, work: Work) -> None:
        """A slash command."""
        self._app.command(told.command)(self._replies.to_command(told, work))

    def help(self, commands: Iterable[CommandHelp]) -> None:
        """[Help] below the reason why a command was not understood."""
        known = {told.command: told for told in commands}

        async def usage(body: Payload) -> View:
            told = known.get(action_value(body))
            return usage_view(told) if told else all_usage_view(known.values())

        self._app.action(ids.HELP)(self._replies.to_button(usage, replace=False))

    def buttons(self, buttons: Iterable[Button[S]], service: S) -> None:
        """Buttons, all of which this service carries out."""
        for button in buttons:
            listener = self._replies.to_button(_work(button, service), replace=button.replaces)
            self._app.action(button.action)(listener)


def _work(button: Button[S], service: S) -> Work:
    return lambda body: button.answer(service, body)
