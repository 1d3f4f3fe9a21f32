"""Makes the entries of a feature's SUBCOMMANDS and BUTTONS out of its use cases and views."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.projects.use_cases import Reply, UseCase, UseCases
from bot.projects.views import reply_view
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button
from bot.slack.subcommands import Parse, Subcommand
from bot.slack.text import View

C = TypeVar("C")
A = TypeVar("A")


def subcommand(
    words: tuple[str, ...],
    parse: Parse[C],
    use_case: UseCase[C, A],
    view: Callable[[A], View],
    *lines: HelpLine,
    alone: tuple[str, ...] = (),
) -> Subcommand[UseCases]:
    """A use case that is typed. Help says who may, where the use case does."""
    if use_case.who is not Role.LABELLER:
        lines = tuple(replace(line, who=use_case.who) for line in lines)
    return Subcommand(words, parse, _handle(use_case), _in_reply(view), lines, alone)


def button(
    action: str | re.Pattern[str],
    parse: Callable[[str], C],
    use_case: UseCase[C, A],
    view: Callable[[A], View],
) -> Button[UseCases]:
    """A use case behind a button whose message turns into the answer."""
    return Button(action, parse, _handle(use_case), _in_reply(view))


def _handle(use_case: UseCase[C, A]) -> Callable[[UseCases, Caller, C], Awaitable[Reply[A]]]:
    return lambda use_cases, caller, command: use_cases.carry_out(use_case, caller, command)


def _in_reply(view: Callable[[A], View]) -> Callable[[Reply[A]], View]:
    return lambda reply: reply_view(reply, view)
