"""How far people agree on spans. Plain spans in and out.

The measure is F1 between two people, one taken as the truth for the other; it is the same both ways.
Chance-corrected measures such as kappa need the number of things nobody marked, which spans do not
have; where it is large, kappa comes near this F1. Source: Hripcsak and Rothschild, "Agreement, the
F-Measure, and Reliability in Information Retrieval", JAMIA 12(3), 2005, pp. 296-298. Of more than two
people the matches of all pairs are pooled, so that a pair counts by the spans it had to agree on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ner_engine.annotation import Span

#: One sentence: each person who finished it, with their spans.
ByPerson = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class PairF1:
    """F1 in 0..1 over what was compared, with the number of spans compared, both sides together.

    Without a span on either side there was nothing to disagree about: 1.
    """

    f1: float
    spans: int
    sentences: int


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """Agreement over all pairs of people, for each label, and for each pair."""

    overall: PairF1
    per_label: dict[str, PairF1]
    per_pair: dict[tuple[str, str], PairF1]


def span_agreement(sentences: Iterable[ByPerson]) -> SpanAgreement | None:
    """Agreement on the sentences that several people finished; None where there is no such one.

    Spans match strictly: start, end and label.
    """
    compared = [
        ((one, other), set(by_person[one]), set(by_person[other]))
        for by_person in sentences
        for one, other in combinations(sorted(by_person), 2)
    ]
    if not compared:
        return None
    pairs = [(mine, theirs) for _, mine, theirs in compared]
    labels = sorted({span.label for mine, theirs in pairs for span in mine | theirs})
    people = sorted({names for names, _, _ in compared})
    return SpanAgreement(
        overall=_f1(pairs),
        per_label={label: _f1(_only(pairs, label)) for label in labels},
        per_pair={
            names: _f1([(mine, theirs) for of, mine, theirs in compared if of == names])
            for names in people
        },
    )


_Pairs = Sequence[tuple[set[Span], set[Span]]]


def _only(pairs: _Pairs, label: str) -> _Pairs:
    restricted = [
        ({s for s in mine if s.label == label}, {s for s in theirs if s.label == label})
        for mine, theirs in pairs
    ]
    return [(mine, theirs) for mine, theirs in restricted if mine or theirs]


def _f1(pairs: _Pairs) -> PairF1:
    both = sum(len(mine & theirs) for mine, theirs in pairs)
    spans = sum(len(mine) + len(theirs) for mine, theirs in pairs)
    return PairF1(2 * both / spans if spans else 1.0, spans, len(pairs))
