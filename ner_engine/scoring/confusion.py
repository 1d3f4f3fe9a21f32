"""In which ways predictions are wrong. Plain spans in and out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ner_engine.annotation import Span

Spans = Sequence[Span]
#: Another label on (about) the same words; the right label with other borders; not found at all;
#: found where nothing is.
Kind = Literal["label", "boundary", "missed", "spurious"]

#: How many mistakes of a kind are shown.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in sentence number ``sentence``: what was to be found there, and what was."""

    kind: Kind
    sentence: int
    gold: Span | None
    found: Span | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """Mistakes of one kind between the same labels: how many, and the first of them."""

    kind: Kind
    gold: str | None
    found: str | None
    count: int
    examples: tuple[Mistake, ...]

    def to_json(self) -> dict[str, Any]:
        """The confusion as a JSON object."""
        return asdict(self)


def find_confusions(gold: Sequence[Spans], predicted: Sequence[Spans]) -> tuple[Confusion, ...]:
    """All mistakes by kind and labels, the most frequent first."""
    groups: defaultdict[tuple[Kind, str, str], list[Mistake]] = defaultdict(list)
    for number, (wanted, found) in enumerate(zip(gold, predicted, strict=True)):
        for mistake in find_mistakes(number, wanted, found):
            labels = (_label(mistake.gold), _label(mistake.found))
            groups[mistake.kind, *labels].append(mistake)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Confusion(kind, gold or None, found or None, len(some), tuple(some[:SHOWN]))
        for (kind, gold, found), some in ordered
    )


def _label(span: Span | None) -> str:
    return span.label if span else ""


def find_mistakes(sentence: int, gold: Spans, predicted: Spans) -> Iterator[Mistake]:
    """The mistakes in one sentence; each span is part of one at most, with what it overlaps most."""
    wanted, found = sorted(set(gold) - set(predicted)), sorted(set(predicted) - set(gold))
    pairs = sorted(
        ((-_overlap(one, two), one, two) for one in wanted for two in found if _overlap(one, two)),
    )
    for _, one, two in pairs:
        if one in wanted and two in found:
            wanted.remove(one)
            found.remove(two)
            yield Mistake("boundary" if one.label == two.label else "label", sentence, one, two)
    yield from (Mistake("missed", sentence, span, None) for span in wanted)
    yield from (Mistake("spurious", sentence, None, span) for span in found)


def _overlap(one: Span, two: Span) -> int:
    return max(min(one.end, two.end) - max(one.start, two.start), 0)
