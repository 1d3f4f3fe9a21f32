"""A text with some stretches of it replaced, and where what came in their place is."""

from collections.abc import Iterable
from dataclasses import dataclass

from ner_engine.annotation import Span
from ner_engine.redaction.styles import Replace


@dataclass(frozen=True, slots=True)
class Replaced:
    """A stretch that was replaced: ``source`` in the text as it came, ``start`` and ``end`` in the result.

    Offsets are code points, ends exclusive. It does not have the phrase.
    """

    label: str
    source: tuple[int, int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without the phrases that were replaced in it, and where these were, in its order."""

    text: str
    replaced: tuple[Replaced, ...]


def redact(text: str, spans: Iterable[Span], replace: Replace) -> Redacted:
    """Replace every span; of those that overlap one thing comes in place of all they cover."""
    parts: list[str] = []
    replaced: list[Replaced] = []
    at = written = 0
    for span in disjoint(spans):
        kept, new = text[at : span.start], replace(span.label, text[span.start : span.end])
        start = written + len(kept)
        replaced.append(Replaced(span.label, (span.start, span.end), start, start + len(new)))
        parts += [kept, new]
        at, written = span.end, start + len(new)
    parts.append(text[at:])
    return Redacted("".join(parts), tuple(replaced))


def disjoint(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans that cover the same characters and do not overlap; what overlaps is one span.

    Its label is that of the longest, and of equally long ones of the first. Spans that only touch stay apart.
    """
    merged: list[tuple[Span, Span]] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.label)):
        if merged and span.start < merged[-1][0].end:
            whole, longest = merged[-1]
            longest = max(longest, span, key=lambda each: each.end - each.start)
            end = max(whole.end, span.end)
            merged[-1] = Span(whole.start, end, longest.label), longest
        elif span.start < span.end:
            merged.append((span, span))
    return tuple(whole for whole, _ in merged)
