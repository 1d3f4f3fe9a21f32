"""Commands that are several: each feature lists its subcommands, and a router finds the one that is meant.

Help and the table in docs/commands.md come from the same lists.
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
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^<>]*)?>")

S = TypeVar("S")
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed after a subcommand's words as the person saw it, and whom and what they mentioned."""

    text: str
    people: tuple[str, ...] = ()
    words: str = ""
    """The words themselves, as they were typed."""
    channels: tuple[str, ...] = ()
    """The channels they mentioned."""


Parse = Callable[[Typed], C]


@dataclass(frozen=True, slots=True)
class Subcommand(Generic[S]):
    """One subcommand of a feature whose use cases are methods of `S` (or functions that take it first)."""

    words: tuple[str, ...]
    """What may be typed for it, with something after it or not: a word or several."""
    parse: Parse[Any]
    """What is typed after the words, as a command; raises NotUnderstood with what can be typed."""
    handle: Callable[[S, Caller, Any], Awaitable[Any]]
    """Carries the command out; raises PersonError where it cannot be done as asked."""
    view: Callable[[Any], View]
    help: tuple[HelpLine, ...]
    alone: tuple[str, ...] = ()
    """What may be typed for it, too, where nothing follows."""


def on_or_off(command: str, show: C, put: Callable[[bool], C]) -> Parse[C]:
    """Reads a subcommand that takes on, off, or nothing to show which it is."""

    def parse(typed: Typed) -> C:
        match typed.text.lower():
            case "":
                return show
            case "on" | "off" as wish:
                return put(wish == "on")
        raise NotUnderstood(f"{command} takes on or off.")

    return parse


def without_more(command: C, reason: str) -> Parse[C]:
    """Reads a subcommand that takes nothing after its words; `reason` is what is said where something follows,
    with `{text}` in place of it and `{first}` of its first word."""

    def parse(typed: Typed) -> C:
        if typed.text:
            first = typed.text.split()[0]
            raise NotUnderstood(reason.format(text=shown(typed.text), first=first))
        return command

    return parse


def shown(text: str) -> str:
    """A piece of what was typed, short enough to repeat."""
    return text if len(text) <= 40 else text[:39] + "…"


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
    """Finds the subcommand that a line begins with: the one with the most words."""

    def __init__(
        self, command: str, routes: Iterable[Route], *, default: Route | None = None
    ) -> None:
        """`default` takes the whole of a line that begins with no subcommand."""
        self._command = command
        self._default = default
        routes = tuple(routes)
        self._routes = {word: route for route in routes for word in route.subcommand.words}
        self._alone = {word: route for route in routes for word in route.subcommand.alone}
        self._longest = max(len(words.split()) for words in self._routes)

    async def answer(self, caller: Caller, raw: str) -> View:
        """Carry out what was typed after the command, mentions still as Slack writes them; raises NotUnderstood."""
        route, typed = self.find(raw)
        return await route.answer(caller, typed)

    def find(self, raw: str) -> tuple[Route, Typed]:
        """The subcommand that is meant, and what it is to read; raises NotUnderstood."""
        text = decode(raw).strip()
        people, channels = tuple(_MENTION.findall(raw)), tuple(_CHANNEL.findall(raw))
        words = text.split()
        if route := self._alone.get(" ".join(words).lower()):
            return route, Typed("", people, text, channels)
        for count in range(min(self._longest, len(words)), 0, -1):
            typed = " ".join(words[:count])
            if route := self._routes.get(typed.lower()):
                rest = text.split(None, count)[count:]
                return route, Typed("".join(rest), people, typed, channels)
        if self._default is not None:
            return self._default, Typed(text, people, channels=channels)
        raise NotUnderstood(f"{self._command} has no command “{shown(''.join(words[:1]))}”.")
