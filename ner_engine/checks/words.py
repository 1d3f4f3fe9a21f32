"""Spans and words of messages."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ner_engine.annotation import Span

#: The most characters of a phrase in a message.
QUOTED = 40


def overlapping(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    """Those of the spans that share a character with a stretch of text."""
    return tuple(span for span in spans if span.overlaps(start, end))


def squeezed(text: str) -> str:
    """The text with single blanks."""
    return " ".join(text.split())


def words_of(text: str, span: Span) -> str:
    """What a span covers."""
    return squeezed(text[span.start : span.end])


def quote(words: str) -> str:
    """Words in quotes, cut to QUOTED characters."""
    plain = squeezed(words)
    return f"“{plain if len(plain) <= QUOTED else plain[: QUOTED - 1].rstrip() + '…'}”"


def most_frequent(values: Iterable[str]) -> str:
    """The most frequent one, of equally frequent ones the first."""
    return Counter(values).most_common(1)[0][0]


def counted(number: int, noun: str) -> str:
    """`1 example`, `2 examples`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def how_often(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
