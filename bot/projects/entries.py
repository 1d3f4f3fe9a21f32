"""Makes the entries of a feature's SUBCOMMANDS and BUTTONS out of its use cases and views, and shows replies."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.projects.use_cases import Reply, UseCase, UseCases
from bot.slack import action_ids as ids
from bot.slack import text
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button
from bot.slack.subcommands import Parse, Subcommand
from bot.slack.text import View, plain

C = TypeVar("C")
A = TypeVar("A")


def subcommand(
    words: tuple[str, ...],
    parse: Parse[C],
    use_case: UseCase[C, A],
    view: Callable[[A], View],
    *help_lines: HelpLine,
    alone: tuple[str, ...] = (),
) -> Subcommand[UseCases]:
    """A use case that is typed. Help says who can, where the use case does."""
    if use_case.who is not Role.LABELLER:
        help_lines = tuple(replace(line, who=use_case.who) for line in help_lines)
    return Subcommand(words, parse, _handle(use_case), _in_reply(view), help_lines, alone)


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


def reply_view(reply: Reply[A], view: Callable[[A], View]) -> View:
    """An answer of /nerbot; [Undo] is in it where something was changed."""
    shown = view(reply.answer)
    if reply.undo is not None:
        shown = text.with_button(shown, text.button("Undo", ids.UNDO_STEP, reply.undo))
    return text.after(welcome_view(), shown) if reply.first_owner else shown


def welcome_view() -> View:
    """What the first person who comes is told."""
    return text.said(
        [
            plain("You are the owner of nerbot in this workspace now", bold=True),
            (
                ", because you are the first person here. Owners rename labels, choose projects and give roles; "
                "/nerbot roles owner @somebody makes another one."
            ),
        ]
    )
