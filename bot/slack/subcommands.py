"""Commands that are several: each feature lists its subcommands, and a router finds the one that is meant.

Help and the README's table come from the same lists.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.domain.project import Caller
from bot.errors import NotUnderstood
from bot.slack.command_help import HelpLine
from bot.slack.text import View
from bot.slack.text_normalization import decode

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands after a subcommand's word as the person saw it, and the people they mentioned."""

    text: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subcommand(Generic[S]):
    """One subcommand of a feature whose use cases are methods of `S` (or functions that take it first)."""

    words: tuple[str, ...]
    """What may be typed for it; the first is what help shows."""
    parse: Callable[[Typed], Any]
    """What is typed after the word, as a command; raises NotUnderstood with what can be typed."""
    handle: Callable[[S, Caller, Any], Awaitable[Any]]
    """Carries the command out; raises PersonError where it cannot be done as asked."""
    view: Callable[[Any], View]
    help: tuple[HelpLine, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A subcommand with the service that carries it out."""

    subcommand: Subcommand[Any]
    service: Any

    async def answer(self, caller: Caller, typed: Typed) -> View:
        """Parse, carry out, show."""
        command = self.subcommand.parse(typed)
        return self.subcommand.view(await self.subcommand.handle(self.service, caller, command))


class Router:
    """Finds the subcommand that a line begins with."""

    def __init__(self, command: str, routes: Iterable[Route]) -> None:
        self._command = command
        self._routes = {word: route for route in routes for word in route.subcommand.words}

    async def answer(self, caller: Caller, raw: str) -> View:
        """Carry out what was typed after the command, mentions still as Slack writes them; raises NotUnderstood."""
        word, _, rest = decode(raw.strip()).partition(" ")
        route = self._routes.get(word.lower())
        if route is None:
            raise NotUnderstood(f"“{word}” is nothing {self._command} knows.")
        return await route.answer(caller, Typed(rest.strip(), tuple(_MENTION.findall(raw))))
