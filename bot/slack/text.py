"""Pieces of text: everything a person typed stays inert, in rich text or escaped."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
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
    RichTextQuoteElement,
    RichTextSectionElement,
)

from bot.domain.events import NOBODY
from bot.slack.label_marks import colour_mark
from ner_engine.annotation import Span
from ner_engine.languages import runs_right_to_left

Parts = RichTextElementParts
MESSAGE_TEXT = 40_000
"""Slack cuts the text of a message there, in the middle of an entity if need be."""
UPDATE_TEXT = 4_000
"""Slack refuses to edit a message into a longer text."""
WORDS = 3_000
"""What is said in one go; words that repeat what somebody typed may be longer."""
_RIGHT_TO_LEFT, _AS_IT_RUNS, _END = "\u2067", "\u2068", "\u2069"
"""Isolates of Unicode (UAX 9), which nobody sees: an embedded text leaves what is around it in its order."""
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


Confidences = Mapping[Span, float]


def confidences_of(spans: Sequence[Span], confidences: Sequence[float | None]) -> Confidences:
    """How sure the model is of each span, where it says so."""
    pairs = zip(spans, confidences, strict=True)
    return {span: sure for span, sure in pairs if sure is not None}


def marked_sentence(
    text: str,
    spans: Sequence[Span],
    confidences: Confidences = MappingProxyType({}),
    *,
    suggested: bool = False,
) -> RichTextBlock:
    """The sentence as a quote, each span bold with its label and the label's colour beside it.

    Where the spans are only suggested, a question mark stands behind each label.
    """
    marked = list(marked_parts(text, spans, confidences, suggested=suggested))
    return RichTextBlock(elements=[RichTextQuoteElement(elements=marked)])


def marked_parts(
    text: str, spans: Sequence[Span], confidences: Confidences, *, suggested: bool = False
) -> Iterable[RichTextElement]:
    """The runs of a marked sentence; one from right to left stays so beside labels that run the other way."""
    if runs_right_to_left(text):
        yield plain(_RIGHT_TO_LEFT)
        yield from _isolated_parts(text, spans, confidences, suggested=suggested)
        yield plain(_END)
        return
    yield from _parts(text, spans, confidences, suggested=suggested)


def isolated(phrase: str) -> str:
    """A phrase in plain text: one from right to left leaves the signs and the label beside it in their order."""
    return f"{_AS_IT_RUNS}{phrase}{_END}" if runs_right_to_left(phrase) else phrase


def isolated_line(text: str, parts: Sequence[RichTextElement]) -> list[RichTextElement]:
    """Runs that are a piece of a text, in its direction, whatever stands before them on the line."""
    if not runs_right_to_left(text):
        return [*parts]
    return [plain(_RIGHT_TO_LEFT), *parts, plain(_END)]


def _isolated_parts(
    text: str, spans: Sequence[Span], confidences: Confidences, *, suggested: bool
) -> Iterable[RichTextElement]:
    for run in _parts(text, spans, confidences, suggested=suggested):
        is_label = bool(run.style and run.style.get("code"))  # type: ignore[attr-defined]
        if is_label:
            yield plain(_AS_IT_RUNS)
        yield run
        if is_label:
            yield plain(_END)


def _parts(
    text: str, spans: Sequence[Span], confidences: Confidences, *, suggested: bool
) -> Iterable[RichTextElement]:
    end = 0
    for span in sorted(spans):
        if span.start > end:
            yield plain(text[end : span.start])
        yield plain(text[span.start : span.end], bold=True)
        yield plain(" ")
        yield colour_mark(span.label)
        yield plain(_label(span, confidences, suggested=suggested), code=True)
        end = span.end
    if end < len(text):
        yield plain(text[end:])


def _label(span: Span, confidences: Confidences, *, suggested: bool) -> str:
    label = f"{span.label}?" if suggested else span.label
    sure = confidences.get(span)
    return label if sure is None else f"{label} {percent(sure)} %"


def marked_text(
    text: str,
    spans: Sequence[Span],
    confidences: Confidences = MappingProxyType({}),
    *,
    suggested: bool = False,
) -> str:
    """The sentence with `[phrase](LABEL)` marks, escaped, for notifications and screen readers."""
    pieces, end = [], 0
    for span in sorted(spans):
        pieces += [
            text[end : span.start],
            f"[{text[span.start : span.end]}]({_label(span, confidences, suggested=suggested)})",
        ]
        end = span.end
    return escape("".join([*pieces, text[end:]]))


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
