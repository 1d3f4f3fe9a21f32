"""Pieces of text: everything a person typed stays inert, in rich text or escaped."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from ner_engine.annotation import Span

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
    """A person's name, as Slack shows it."""
    return Parts.User(user_id=user_id)


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
    """The sentence as a quote, each span bold with its label beside it: never by colour alone.

    Where the spans are only suggested, a question mark stands behind each label.
    """
    marked = list(marked_parts(text, spans, confidences, suggested=suggested))
    return RichTextBlock(elements=[RichTextQuoteElement(elements=marked)])


def marked_parts(
    text: str, spans: Sequence[Span], confidences: Confidences, *, suggested: bool = False
) -> Iterable[RichTextElement]:
    """The runs of a marked sentence."""
    end = 0
    for span in sorted(spans):
        if span.start > end:
            yield plain(text[end : span.start])
        yield plain(text[span.start : span.end], bold=True)
        yield plain(" ")
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
