"""Sentences that a model which never saw them labels differently, and is sure of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.checks.findings import DataFinding, OutOfFoldPrediction
from ner_engine.checks.words import listed, overlapping, quote, words_of

#: From here on a model is sure of a span of its own; it has to find those of ours there improbable,
#: else it doubts their borders alone, and is seldom right.
SURE, IMPROBABLE = 0.9, 0.02
#: Any word that is new to a model gets a low probability: only a very low one speaks against it.
UNHEARD_OF = 0.001
#: How many doubtful sentences are worth a look: the further down, the more often they are right.
#: Of those with nothing but unheard-of spans a few: among rare names nearly all of them are right.
MOST_DOUBTFUL, MOST_UNHEARD_OF = 20, 5
#: How many doubts about one sentence are told.
MOST_DOUBTS = 3


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Spans of the gold, and those a model has in their place; one of the two may be empty.

    ``strength`` is its confidence, or below 0, minus the probability of one that it rejects.
    """

    strength: float
    ours: tuple[Span, ...]
    theirs: tuple[Span, ...]


def doubtful(
    gold: Sequence[AnnotatedText], predictions: Sequence[OutOfFoldPrediction | None]
) -> Iterator[DataFinding]:
    """Sentences that a model doubts, the strongest doubt first."""
    doubts = {
        number: found
        for number, (annotated, prediction) in enumerate(zip(gold, predictions, strict=True))
        if annotated.finished and prediction and (found := _doubts(annotated.spans, prediction))
    }
    strongest = sorted(doubts, key=lambda number: -doubts[number][0].strength)
    sure = sum(found[0].strength > 0 for found in doubts.values())
    for number in strongest[: min(MOST_DOUBTFUL, sure + MOST_UNHEARD_OF)]:
        text, found = gold[number].text, doubts[number]
        told = list(dict.fromkeys(_in_words(text, doubt) for doubt in found))
        more = [f"and {len(told) - MOST_DOUBTS} more"] if len(told) > MOST_DOUBTS else []
        message = (
            "A model that learned from other sentences labels this one differently: "
            f"{'; '.join(told[:MOST_DOUBTS] + more)}. Check it, and keep what is right."
        )
        about = (*found[0].theirs, *found[0].ours)[0]
        yield DataFinding(
            message, (number,), kind="doubtful", label=about.label, phrase=words_of(text, about)
        )


def _doubts(gold: Sequence[Span], prediction: OutOfFoldPrediction) -> list[_Doubt]:
    """What a model is sure of that is not so, then what it finds unheard of; strongest first."""
    chances = dict(zip(gold, prediction.gold_confidences, strict=True))
    doubts = []
    for span, confidence in zip(prediction.spans, prediction.confidences, strict=True):
        ours = overlapping(gold, span.start, span.end)
        improbable = all(chances[own] <= IMPROBABLE for own in ours)
        if confidence >= SURE and improbable:
            doubts.append(_Doubt(confidence, ours, (span,)))
    told = {own for doubt in doubts for own in doubt.ours} | set(prediction.spans)
    for own, chance in chances.items():
        if 0 < chance <= UNHEARD_OF and own not in told:
            theirs = overlapping(prediction.spans, own.start, own.end)
            doubts.append(_Doubt(-chance, (own,), theirs))
    return sorted(doubts, key=lambda doubt: -doubt.strength)


def _in_words(text: str, doubt: _Doubt) -> str:
    ours, theirs = (
        listed([f"{quote(words_of(text, span))} as {span.label}" for span in spans])
        for spans in (doubt.ours, doubt.theirs)
    )
    return f"{theirs or 'nothing'} instead of {ours}" if ours else theirs
