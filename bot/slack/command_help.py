"""What a command understands; answers `help` and whatever was not understood."""

from collections.abc import Iterable
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    Block,
    HeaderBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextSectionElement,
)

from bot.domain.roles import Role
from bot.slack.text import WORDS, View, escape, line, plain, shortened


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One form of a command: an example as it is typed, what it does, and who may."""

    typed: str
    does: str
    who: Role = Role.LABELLER


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command, such as `/label`, with what it is for and every form it has."""

    command: str
    intro: str
    lines: tuple[HelpLine, ...]


def usage_view(told: CommandHelp, reason: str = "") -> View:
    """How to use a command, after the reason why something was not understood."""
    reason = shortened(reason, WORDS)
    blocks = [line(plain(reason, bold=True))] if reason else []
    blocks += [line(told.intro), _rows(told.lines)]
    listed = "\n".join(f"{row.typed}: {row.does}" for row in told.lines)
    return View(
        escape("\n".join(part for part in (reason, told.intro, listed) if part)), tuple(blocks)
    )


def all_usage_view(commands: Iterable[CommandHelp]) -> View:
    """How to use every command, and where else labelling begins."""
    more = (
        "In the menu of any message: Label this message. In the + or ⚡ of the composer: Label next sentence. "
        "`help` behind a command shows its part of this."
    )
    blocks: list[Block] = []
    texts: list[str] = []
    for told in commands:
        view = usage_view(told)
        blocks += [HeaderBlock(text=PlainTextObject(text=told.command, emoji=False)), *view.blocks]
        texts.append(view.text)
    return View("\n".join([*texts, escape(more)]), (line(more), *blocks))


def _rows(rows: Iterable[HelpLine]) -> RichTextBlock:
    parts: list[RichTextElement] = []
    for row in rows:
        parts += [plain(row.typed, code=True), plain(f"  {row.does}\n")]
    return RichTextBlock(elements=[RichTextSectionElement(elements=parts)])
