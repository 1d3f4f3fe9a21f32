"""Pieces of text: everything a person typed stays inert, in rich text or escaped."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextSectionElement,
)

from bot.domain.events import NOBODY
from bot.slack.label_marks import colour_mark

Parts = RichTextElementParts
MESSAGE_TEXT = 40_000
"""Slack cuts the text of a message there, in the middle of an entity if need be."""
UPDATE_TEXT = 4_000
"""Slack refuses to edit a message into a longer text."""
WORDS = 3_000
"""What is said in one go; words that repeat what somebody typed may be longer."""
_CUT_ENTITY = re.compile(r"&[a-z]*$")


class _Run(Parts.Text):
    """A run of text. A message has dozens, and the SDK looks through all attributes of each for validators, of which
    this one has none: two fifths of the time it took to answer."""

    def to_dict(self, *_: Any) -> dict[str, Any]:
        return self.get_non_null_attributes()


@dataclass(frozen=True, slots=True)
class View:
    """What is sent to Slack: blocks, and the text for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]

    def to_message(self) -> dict[str, Any]:
        """The keyword arguments of a Web API call or the body of an ack."""
        text = cut(self.text, MESSAGE_TEXT)
        return {"text": text, "blocks": [block.to_dict() for block in self.blocks]}


def escape(text: str) -> str:
    """Make text inert in mrkdwn and in the `text` of a message."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_SLACK_ID = re.compile(r"[UW][A-Z0-9]+\Z")


def cut(escaped: str, limit: int) -> str:
    """Escaped text, cut to `limit` characters with an ellipsis and no half entity."""
    if len(escaped) <= limit:
        return escaped
    return _CUT_ENTITY.sub("", escaped[: limit - 1]) + "…"


def plain(
    text: str, *, bold: bool = False, code: bool = False, italic: bool = False
) -> RichTextElement:
    """One run of inert text."""
    style = {name: True for name, on in (("bold", bold), ("code", code), ("italic", italic)) if on}
    return _Run(text=text, style=style or None)


def person(user_id: str) -> RichTextElement:
    """A person's name, as Slack shows it; of somebody whose labels were imported, as it was there."""
    if user_id == NOBODY:
        return plain("somebody who was forgotten")
    if not _SLACK_ID.match(user_id):
        return plain(user_id)
    return Parts.User(user_id=user_id)


def label_name(label: str) -> list[RichTextElement]:
    """The name of a label behind its colour."""
    return [colour_mark(label), plain(label, code=True)]


def line(*parts: str | RichTextElement) -> RichTextBlock:
    """A line of text whose every run is inert."""
    elements = [plain(part) if isinstance(part, str) else part for part in parts if part != ""]
    return RichTextBlock(elements=[RichTextSectionElement(elements=elements)])


def with_note(view: View, note: str) -> View:
    """The view with a small line below, if there is something to note."""
    if not note:
        return view
    return View(f"{view.text}\n{escape(note)}", (*view.blocks, small(note)))


def shortened(text: str, limit: int) -> str:
    """The text, cut to `limit` characters with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def counted(number: int, noun: str) -> str:
    """`1 sentence`, `2 sentences`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def numbered(sentences: Sequence[int], most: int) -> str:
    """`#1, #2 and 3 more`."""
    named = ", ".join(f"#{number}" for number in sentences[:most])
    more = len(sentences) - most
    return f"{named} and {more:,} more" if more > 0 else named


def percent(share: float) -> str:
    """A share in 0..1 as a whole per cent number."""
    return f"{100 * share:.0f}"


def words_view(words: str) -> View:
    """Plain words, inert."""
    words = shortened(words, WORDS)
    return View(escape(words), (line(words),))


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
