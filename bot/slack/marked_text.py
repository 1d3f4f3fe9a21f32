"""A sentence with its labelled phrases marked, in rich text and for screen readers."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from slack_sdk.models.blocks import (
    RichTextBlock,
    RichTextElement,
    RichTextQuoteElement,
)

from bot.slack.label_marks import colour_mark
from bot.slack.text import escape, percent, plain
from ner_engine.annotation import Span
from ner_engine.languages import runs_right_to_left

_RIGHT_TO_LEFT, _AS_IT_RUNS, _END = "\u2067", "\u2068", "\u2069"
"""Isolates of Unicode (UAX 9), which nobody sees: an embedded text leaves what is around it in its order."""


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
