"""Labels with too little to learn from, and copies of a sentence that differ."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ner_engine.annotation import AnnotatedText, fold
from ner_engine.checks.findings import DataFinding
from ner_engine.checks.words import counted, how_often, quote, squeezed, words_of

Numbered = Mapping[int, AnnotatedText]

#: A label with fewer spans, or in fewer sentences, has too little to learn from and to score on.
FEW_SPANS, FEW_SENTENCES = 15, 10
#: In how many sentences a label is, and how often it should meet others, if never is to be odd:
#: where five meetings are expected, chance leaves them all out once in 150 cases.
LONELY_SENTENCES, LONELY_MEETINGS = 10, 5


def few_examples(finished: Numbered) -> Iterator[DataFinding]:
    """Labels with too few spans, or in too few sentences; the rarest first."""
    counts = Counter(span.label for annotated in finished.values() for span in annotated.spans)
    for label, places in _rarest_first(finished):
        missing = max(FEW_SPANS - counts[label], FEW_SENTENCES - len(places))
        if missing > 0:
            message = (
                f"{label} has {counted(counts[label], 'example')} in "
                f"{counted(len(places), 'sentence')}, which is little to learn from. "
                f"Label at least {missing} more, in other sentences."
            )
            yield DataFinding(message, places, needs_more=True, kind="few_examples", label=label)


def lonely_labels(finished: Numbered) -> Iterator[DataFinding]:
    """Labels that are never beside another one, though chance would have it."""
    ranked = _rarest_first(finished)
    # Of two labels both are lonely or neither is: the rarer one tells it all.
    for label, places in ranked[:1] if len(ranked) == 2 else ranked:
        others = {number for other, found in ranked if other != label for number in found}
        expected = len(places) * len(others) / len(finished)
        enough = len(places) >= LONELY_SENTENCES and expected >= LONELY_MEETINGS
        if enough and others.isdisjoint(places):
            message = (
                f"{label} is in {len(places)} sentences, but never beside another label; "
                f"by chance it would be beside one in about {expected:.0f} of them. "
                "If other entities were left out there, label them too."
            )
            yield DataFinding(message, places, needs_more=True, kind="lonely_label", label=label)


def _rarest_first(finished: Numbered) -> list[tuple[str, tuple[int, ...]]]:
    """Every label with the sentences it is in."""
    places: dict[str, dict[int, None]] = defaultdict(dict)
    for number, annotated in finished.items():
        for span in annotated.spans:
            places[span.label][number] = None
    ranked = sorted(places.items(), key=lambda item: (len(item[1]), item[0]))
    return [(label, tuple(numbers)) for label, numbers in ranked]


def duplicates(finished: Numbered) -> Iterator[DataFinding]:
    """Copies of a sentence that are labelled in different ways; told as one where there are several."""
    copies: dict[str, list[int]] = defaultdict(list)
    for number, annotated in finished.items():
        copies[fold(squeezed(annotated.text))].append(number)
    found = [
        (numbers, odd)
        for numbers in copies.values()
        if (odd := _first_difference([finished[number] for number in numbers])) is not None
    ]
    if not found:
        return
    numbers, (phrase, label) = found[0]
    text = quote(finished[numbers[0]].text)
    odd_one = f"{quote(phrase)} is {label} in one and not in another"
    if len(found) == 1:
        message = (
            f"The sentence {text} is there {how_often(len(numbers))}, labelled in different ways: "
            f"{odd_one}. Label all of them alike."
        )
    else:
        message = (
            f"{len(found)} sentences are there more than once with different entities: in {text} "
            f"{odd_one}. The model learns all of them; label copies alike."
        )
    places = tuple(number for some, _ in found for number in some)
    yield DataFinding(message, places, kind="duplicate", label=label, phrase=phrase)


def _first_difference(copies: Sequence[AnnotatedText]) -> tuple[str, str] | None:
    """The words and label of a span that not all copies of a text have."""
    # Places are counted without blanks, which may differ.
    places = [
        {
            (_solid(copy.text[: span.start]), _solid(copy.text[: span.end]), span.label): span
            for span in copy.spans
        }
        for copy in copies
    ]
    for copy, own in zip(copies, places, strict=True):
        for place, span in own.items():
            if not all(place in other for other in places):
                return words_of(copy.text, span), span.label
    return None


def _solid(text: str) -> int:
    return len("".join(text.split()))
