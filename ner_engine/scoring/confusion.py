"""In which ways predictions are wrong. Plain spans in and out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ner_engine.annotation import Span
from ner_engine.results import Confusion, Mistake, MistakeKind

Spans = Sequence[Span]
#: How many mistakes of a kind are shown.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class ConfusionWithExamples(Confusion):
    """A confusion with the first few mistakes of it, each with the number of its sentence."""

    examples: tuple[Mistake, ...]


def find_confusions(
    gold: Sequence[Spans], predicted: Sequence[Spans]
) -> tuple[ConfusionWithExamples, ...]:
    """All mistakes by kind and labels, the most frequent first."""
    groups: defaultdict[tuple[MistakeKind, str, str], list[Mistake]] = defaultdict(list)
    for number, (wanted, found) in enumerate(zip(gold, predicted, strict=True)):
        for mistake in find_mistakes(number, wanted, found):
            labels = (_label(mistake.gold), _label(mistake.found))
            groups[mistake.kind, *labels].append(mistake)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        ConfusionWithExamples(kind, gold or None, found or None, len(some), tuple(some[:SHOWN]))
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
