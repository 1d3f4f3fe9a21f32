"""How far people agree on spans. Plain spans in and out.

The measure is F1 between two people, one taken as the truth for the other; it is the same both ways.
Chance-corrected measures such as kappa need the number of things nobody marked, which spans do not
have; where it is large, kappa comes near this F1. Source: Hripcsak and Rothschild, "Agreement, the
F-Measure, and Reliability in Information Retrieval", JAMIA 12(3), 2005, pp. 296-298. Of more than two
people the matches of all pairs are pooled, so that a pair counts by the spans it had to agree on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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

    Spans match strictly: start, end and label. One pass numbers the spans; what a person marked is then
    a set of bits, and a pair of people costs a few operations however much they share.
    """
    marked = _Marked()
    for by_person in sentences:
        if len(by_person) > 1:
            marked.add(by_person)
    if not marked.sentences:
        return None
    return marked.agreement()


def lenient_agreement(sentences: Iterable[ByPerson]) -> PairF1 | None:
    """The same where a span that overlaps one of the other person's with the same label is enough.

    The share of all spans of both sides that have such a one; None where nobody shares a sentence.
    """
    matched = spans = shared = 0
    for by_person in sentences:
        # People mostly mark the same: what several marked alike is compared once.
        alike = Counter(tuple(spans) for spans in by_person.values())
        pairs = [(one, one, count * (count - 1) // 2) for one, count in alike.items()]
        pairs += [(one, other, alike[one] * alike[other]) for one, other in combinations(alike, 2)]
        for mine, theirs, times in pairs:
            if times:
                shared += times
                spans += times * (len(mine) + len(theirs))
                matched += times * sum(_meets(span, theirs) for span in mine)
                matched += times * sum(_meets(span, mine) for span in theirs)
    return PairF1(matched / spans if spans else 1.0, spans, shared) if shared else None


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(
        span.label == other.label and span.overlaps(other.start, other.end) for other in others
    )


class _Marked:
    """Who marked what, by numbers of sentences and of the distinct spans in each."""

    def __init__(self) -> None:
        self.sentences = 0
        self._spans = 0
        self._of_label: dict[str, list[int]] = {}
        self._people: dict[str, _Person] = {}

    def add(self, by_person: ByPerson) -> None:
        """One more sentence, and what each person marked in it."""
        numbers: dict[Span, int] = {}
        for spans in by_person.values():
            for span in spans:
                if span not in numbers:
                    numbers[span] = self._spans + len(numbers)
        for span, number in numbers.items():
            self._of_label.setdefault(span.label, []).append(number)
        for name, spans in by_person.items():
            person = self._people.setdefault(name, _Person())
            person.finished.append(self.sentences)
            person.could.extend(numbers.values())
            person.marked.extend({numbers[span] for span in spans})
            for label in {span.label for span in spans}:
                person.with_label.setdefault(label, []).append(self.sentences)
        self.sentences += 1
        self._spans += len(numbers)

    def agreement(self) -> SpanAgreement:
        """Over all pairs that share a sentence."""
        labels = {label: _bits(self._of_label[label]) for label in sorted(self._of_label)}
        people = {name: self._people[name].as_bits() for name in sorted(self._people)}
        overall, per_label = _Sums(), {label: _Sums() for label in labels}
        per_pair: dict[tuple[str, str], PairF1] = {}
        for (one, mine), (other, theirs) in combinations(people.items(), 2):
            shared = mine.finished & theirs.finished
            if not shared:
                continue
            both = mine.marked & theirs.marked
            ours, others = mine.marked & theirs.could, theirs.marked & mine.could
            pair = _Sums()
            pair.add(both, ours, others, shared)
            overall.add(both, ours, others, shared)
            per_pair[one, other] = pair.f1()
            for label, bits in labels.items():
                there = (mine.with_label.get(label, 0) | theirs.with_label.get(label, 0)) & shared
                if there:
                    per_label[label].add(both & bits, ours & bits, others & bits, there)
        told = {label: sums.f1() for label, sums in per_label.items()}
        return SpanAgreement(overall.f1(), told, per_pair)


@dataclass(slots=True)
class _Person:
    """What one person did, by numbers; `could` are the spans of all sentences the person finished."""

    finished: list[int] = field(default_factory=list)
    could: list[int] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    with_label: dict[str, list[int]] = field(default_factory=dict)

    def as_bits(self) -> "_PersonBits":
        return _PersonBits(
            _bits(self.finished),
            _bits(self.could),
            _bits(self.marked),
            {label: _bits(numbers) for label, numbers in self.with_label.items()},
        )


@dataclass(frozen=True, slots=True)
class _PersonBits:
    """The same as sets of bits."""

    finished: int
    could: int
    marked: int
    with_label: dict[str, int]


@dataclass(slots=True)
class _Sums:
    both: int = 0
    spans: int = 0
    sentences: int = 0

    def add(self, both: int, ours: int, others: int, sentences: int) -> None:
        self.both += both.bit_count()
        self.spans += ours.bit_count() + others.bit_count()
        self.sentences += sentences.bit_count()

    def f1(self) -> PairF1:
        f1 = 2 * self.both / self.spans if self.spans else 1.0
        return PairF1(f1, self.spans, self.sentences)


def _bits(numbers: Sequence[int]) -> int:
    found = bytearray(max(numbers, default=0) // 8 + 1)
    for number in numbers:
        found[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(found, "little")
