"""How probable it is that a sentence is labelled wrongly: by models that did not learn it, by its phrases elsewhere.

Two witnesses are heard for each difference between the gold and an out-of-fold prediction: how sure the model is of its
reading against that of the gold, and how the same phrase is labelled in the other sentences. Their log odds are added,
as for independent witnesses. Sources: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in
Dataset Labels", JAIR 70, 2021 (ranking by self-confidence out of sample); Klie, Webber and Gurevych, "Annotation Error
Detection", Computational Linguistics 49(1), 2023 (variation of a phrase's label beside a model's doubts).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.checks.findings import OutOfFoldPrediction
from ner_engine.checks.phrases import lengths_by_first_token, mentions_in, phrase_key
from ner_engine.checks.words import overlapping, words_of
from ner_engine.results import Suspicion

#: The log odds of a witness are cut here: no model and no phrase is ever surer.
_MOST_BY_MODEL, _MOST_BY_PHRASE = 0.003, 0.02
#: An entity that the model does not find is mostly one it does not know.
_UNKNOWN = -2.0
#: From the sum of log odds to a probability, fitted to errors put into two corpora (benchmarks.errors_found).
_SCALE, _OFFSET = 0.6, -3.0


def suspicions(
    gold: Sequence[AnnotatedText], predictions: Sequence[OutOfFoldPrediction | None]
) -> tuple[Suspicion, ...]:
    """Finished sentences that may be labelled wrongly, the most probable first, by their number in the gold.

    The predictions' confidences are calibrated. A sentence no model was asked about is left out, and so is one the
    model labels just as it is.
    """
    asked = {
        number: (annotated, prediction)
        for number, (annotated, prediction) in enumerate(zip(gold, predictions, strict=True))
        if annotated.finished and prediction is not None
    }
    if not asked:
        return ()
    use = _PhraseUse.of(gold)
    found = []
    for number, (annotated, prediction) in asked.items():
        readings = list(_readings(number, annotated, prediction, use))
        if readings:
            odds, spans = max(readings, key=lambda reading: reading[0])
            probability = 1 / (1 + math.exp(-(_SCALE * odds + _OFFSET)))
            found.append(Suspicion(number, probability, spans))
    return tuple(sorted(found, key=lambda each: (-each.probability, each.sentence)))


@dataclass(frozen=True, slots=True)
class _PhraseUse:
    """For each phrase, how often it is labelled and mentioned without a label, by sentence."""

    labelled: Mapping[str, Sequence[tuple[int, str]]]
    bare: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, gold: Sequence[AnnotatedText]) -> "_PhraseUse":
        finished = {number: text for number, text in enumerate(gold) if text.finished}
        labelled: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, text in finished.items():
            for span in text.spans:
                labelled[_key(text, span)].append((number, span.label))
        bare: dict[str, list[int]] = defaultdict(list)
        lengths = lengths_by_first_token(labelled)
        for number, text in finished.items():
            spans = {(span.start, span.end) for span in text.spans}
            for key, start, end in mentions_in(text.text, labelled, lengths):
                if (start, end) not in spans:
                    bare[key].append(number)
        return cls(labelled, bare)

    def log_odds(self, key: str, label: str, *, but: int) -> float:
        """That the phrase has this label, by all other sentences; 0 where it is in no other one."""
        labels = Counter(name for number, name in self.labelled.get(key, ()) if number != but)
        bare = sum(number != but for number in self.bare.get(key, ()))
        return _log_odds((labels[label] + 0.5) / (labels.total() + bare + 1), _MOST_BY_PHRASE)


def _key(text: AnnotatedText, span: Span) -> str:
    return phrase_key(words_of(text.text, span))


def _log_odds(share: float, least: float) -> float:
    share = min(max(share, least), 1 - least)
    return math.log(share / (1 - share))


def _readings(
    number: int, text: AnnotatedText, prediction: OutOfFoldPrediction, use: _PhraseUse
) -> Iterator[tuple[float, tuple[Span, ...]]]:
    """Each way in which the sentence may be meant otherwise: its log odds, and the spans of the sentence then."""
    chances = dict(zip(text.spans, prediction.gold_confidences, strict=True))
    for span, sure in zip(prediction.spans, prediction.confidences, strict=True):
        if span in chances:
            continue
        ours = overlapping(text.spans, span.start, span.end)
        odds = use.log_odds(_key(text, span), span.label, but=number)
        by_model = sure
        if ours:
            likeliest = max(ours, key=lambda own: chances[own])
            odds -= use.log_odds(_key(text, likeliest), likeliest.label, but=number)
            by_model = min(sure, sure / (sure + chances[likeliest] + 1e-3))
        kept = tuple(own for own in text.spans if own not in ours)
        yield odds + _log_odds(by_model, _MOST_BY_MODEL), tuple(sorted((*kept, span)))
    for own, chance in chances.items():
        if not overlapping(prediction.spans, own.start, own.end):
            odds = _log_odds(1 - chance, _MOST_BY_MODEL) + _UNKNOWN
            odds -= use.log_odds(_key(text, own), own.label, but=number)
            yield odds, tuple(other for other in text.spans if other != own)
