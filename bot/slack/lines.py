"""Lines in which people, times and buttons stand among words, and the same lines as plain text."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    PlainTextObject,
    RichTextElement,
)

from bot.slack.text import Parts, View, escape, line, person

Piece = str | RichTextElement
Line = Sequence[Piece]


def named(people: Iterable[str]) -> list[Piece]:
    """`@ada, @ben and @cas`."""
    names: list[Piece] = [person(each) for each in people]
    if len(names) < 2:
        return names
    listed: list[Piece] = []
    for name in names[:-1]:
        listed += [name, ", "]
    return [*listed[:-1], " and ", names[-1]]


def when(at: datetime) -> RichTextElement:
    """A time as each reader's own clock shows it."""
    return Parts.Date(
        timestamp=int(at.timestamp()),
        format="{date_short_pretty}, {time}",
        fallback=f"{at:%d %b, %H:%M} UTC",
    )


def said(*lines: Line, blocks: Iterable[Block] = ()) -> View:
    """Each line as a block of its own, then the other blocks."""
    kept = [each for each in lines if each]
    return View("\n".join(map(as_text, kept)), (*(line(*each) for each in kept), *blocks))


def as_text(pieces: Line) -> str:
    """The line for notifications and screen readers: mentions as Slack reads them, all else escaped."""
    return "".join(escape(piece) if isinstance(piece, str) else _as_text(piece) for piece in pieces)


def _as_text(piece: RichTextElement) -> str:
    if isinstance(piece, Parts.User):
        return f"<@{piece.user_id}>"
    if isinstance(piece, Parts.Channel):
        return f"<#{piece.channel_id}>"
    if isinstance(piece, Parts.Date):
        return escape(piece.fallback or "")
    return escape(str(getattr(piece, "text", "")))


def small(words: str) -> ContextBlock:
    """A remark in small letters."""
    return ContextBlock(elements=[PlainTextObject(text=words, emoji=False)])


def button(text: str, action: str, value: object, *, style: str | None = None) -> ButtonElement:
    """A button; what it stands for goes with it as text."""
    return ButtonElement(text=text, action_id=action, value=str(value), style=style)


def with_button(view: View, more: ButtonElement) -> View:
    """The view with one button more, in its last row where it ends with one."""
    *others, last = view.blocks
    if isinstance(last, ActionsBlock):
        row = ActionsBlock(elements=[each.to_dict() for each in (*last.elements, more)])
        return View(view.text, (*others, row))
    return View(view.text, (*view.blocks, ActionsBlock(elements=[more])))


def after(first: View, second: View) -> View:
    """Two views as one message."""
    return View(f"{first.text}\n{second.text}", (*first.blocks, *second.blocks))


def refusal_view(words: str, who: tuple[str, ...]) -> View:
    """What somebody may not do, and who can."""
    return said([f"{words} ", *(named(who) or ["nobody yet"]), "."])
