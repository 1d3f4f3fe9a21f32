"""The score a training deserves: measured on models that never saw the sentences they are scored on.

They learn just as the final model does, only from fewer sentences, and are thrown away. Others that
learn from a part of these make the learning curve.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.checks import OutOfFoldPrediction
from ner_engine.errors import ModelIsEmpty, NotEnoughData
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.pipeline.shares import none_of, token_shares
from ner_engine.results import FinerScores, Outcomes
from ner_engine.scoring.calibration import (
    Calibration,
    expected_calibration_error,
    fit_calibration,
    log_odds,
)
from ner_engine.scoring.evaluation import count_by_label, evaluate_finer
from ner_engine.scoring.learning_curve import LearningCurve, Sample, make_curve
from ner_engine.settings import TrainingSettings
from ner_engine.training.loop import Step, Trained, training_steps
from ner_engine.training.splits import (
    assign_folds,
    count_documents,
    gold_key,
    is_held_out,
    phrase_key,
    phrases_of,
    text_key,
    unit_keys,
)

#: From so many finished sentences on a held-out part is scored, below all of them in folds. It is
#: the same part for ever, and large enough by then; below, a fifth of them would say too little.
CHANGE_OVER = 300
FOLDS = 5
#: The folds that the learning curve is drawn on; all of them would take too long.
CURVE_FOLDS = 2
#: Where the part chosen by hash is smaller or larger, it would say too little or leave too little.
_LEAST_HELD_OUT, _MOST_HELD_OUT = 0.1, 0.3
#: The shares of the sentences a learning curve is drawn at, beside all of them.
SHARES = (0.25, 0.5, 0.75)
#: The part of a training's batches that is enough for a point of it.
CURVE_STEPS = 0.6
#: In so many parts what is not scored is looked at for errors, each by a model of the other sentences: in
#: as many as there are folds up to that size, in two above it, where half of the sentences teach enough.
SEVERAL_PARTS_UP_TO, FEWEST_PARTS = 600, 2
#: Up to so many sentences all of them are looked at for errors, by models that did not learn them.
MOST_LOOKED_AT = 1_500
#: Fewer than so many sentences with an entity make no learning curve.
FEWEST_FOR_CURVE = 24
#: The fewest sentences with an entity: one to learn from while the other is scored.
FEWEST = 2
#: So many entities are kept of those that a promise of precision is made from: more say the same, and are stored.
MOST_OUTCOMES = 4_000

Method = Literal["cross-validation", "held-out"]
OutOfFoldPredictions = Mapping[str, OutOfFoldPrediction]
"""By :func:`gold_key`: copies of a text may have other spans, and so other confidences."""


@dataclass(frozen=True, slots=True)
class FoldModel:
    """A model to be made and scored: what it learns, what it is scored on.

    ``share`` is that of the sentences it could have learned; 1 for those that make the score.
    """

    learned: Sequence[AnnotatedText]
    scored: Sequence[AnnotatedText]
    share: float
    looks_for_errors: bool = False
    """Only that; it makes no score."""

    def steps(self, settings: TrainingSettings) -> int:
        """How many batches it learns; a point of the curve costs less than the score.

        What a promise of precision is made from is learned whole: shorter trainings are surer of less.
        """
        steps = settings.steps_for(len(self.learned))
        return steps if self.share == 1 else math.ceil(steps * CURVE_STEPS)


FoldResult = tuple[FoldModel, OutOfFoldPredictions]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the finished sentences are scored: ``scored`` are those that make the score."""

    method: Method
    folds: int
    scored: tuple[AnnotatedText, ...]
    fold_models: tuple[FoldModel, ...]
    documents: int = 0
    """How many documents have several sentences, all of them learned from or all scored."""
    others: tuple[FoldModel, ...] = ()
    """Models that look for errors in what is not scored."""


def make_plan(gold: Sequence[AnnotatedText]) -> Plan:
    """Folds below CHANGE_OVER finished sentences, else a held-out fifth chosen by hash.

    Copies of a text and the sentences of one document are on one side. Sentences that are not
    finished are learned from, never scored on. Raises NotEnoughData.
    """
    finished = tuple(annotated for annotated in gold if annotated.finished)
    with_entity = len({annotated.text for annotated in finished if annotated.spans})
    if with_entity < FEWEST:
        raise NotEnoughData(sentences=with_entity, needed=FEWEST)
    # No document takes more than a fifth; from CHANGE_OVER on the limit stays, as what is held out does.
    keys = unit_keys(gold, largest=min(len(finished), CHANGE_OVER) // FOLDS)
    finished_keys = [key for key, text in zip(keys, gold, strict=True) if text.finished]
    others: list[FoldModel] = []
    if len(finished) < CHANGE_OVER:
        folds = min(FOLDS, len(set(finished_keys)))
        parts = _parts(finished_keys, folds)
        method: Method = "cross-validation"
    else:
        parts = [_held_out(finished_keys)]
        method, folds = "held-out", 0
        if len(finished) <= MOST_LOOKED_AT:
            rest = [key for key in finished_keys if key not in parts[0]]
            others = [
                replace(_fold_model(gold, keys, part), looks_for_errors=True)
                for part in _parts(rest, parts_looked_at(len(finished)))
            ]
    fold_models = [_fold_model(gold, keys, part) for part in parts]
    scored = tuple(annotated for fold_model in fold_models for annotated in fold_model.scored)
    if with_entity >= FEWEST_FOR_CURVE:
        fold_models += _curve_models(fold_models[:CURVE_FOLDS])
    return Plan(
        method, folds, scored, tuple(fold_models), count_documents(gold, keys), tuple(others)
    )


def parts_looked_at(finished: int) -> int:
    """Into how many parts what is not scored is divided, to be looked at for errors."""
    return FOLDS - 1 if finished <= SEVERAL_PARTS_UP_TO else FEWEST_PARTS


def _parts(keys: Sequence[str], folds: int) -> list[frozenset[str]]:
    assigned = assign_folds(keys, folds)
    return [
        frozenset(key for key, part in zip(keys, assigned, strict=True) if part == fold)
        for fold in range(folds)
    ]


def _held_out(keys: Sequence[str]) -> frozenset[str]:
    """The units that are scored; where a few large documents leave hardly any or most of the
    sentences, one of FOLDS equal parts.
    """
    chosen = frozenset(filter(is_held_out, keys))
    share = sum(key in chosen for key in keys) / len(keys)
    return chosen if _LEAST_HELD_OUT < share < _MOST_HELD_OUT else _parts(keys, FOLDS)[0]


def _fold_model(
    gold: Sequence[AnnotatedText], keys: Sequence[str], part: frozenset[str]
) -> FoldModel:
    """Scored on the finished texts of these units; what is unfinished in them is not learned either."""
    pairs = list(zip(keys, gold, strict=True))
    learned = [annotated for key, annotated in pairs if key not in part]
    # The finished ones first: a curve is drawn over them.
    learned.sort(key=lambda annotated: not annotated.finished)
    return FoldModel(learned, [text for key, text in pairs if key in part and text.finished], 1.0)


def _curve_models(fold_models: Sequence[FoldModel]) -> Iterator[FoldModel]:
    for fold_model in fold_models:
        others = [annotated for annotated in fold_model.learned if annotated.finished]
        others.sort(key=lambda annotated: text_key(annotated.text))
        for share in SHARES:
            yield FoldModel(others[: round(len(others) * share)], fold_model.scored, share)


def fold_model_steps(
    fold_model: FoldModel, settings: TrainingSettings
) -> Iterator[Step | OutOfFoldPredictions]:
    """Train a fold model; the last value is what it predicts for the scored sentences."""
    shortened = replace(settings, steps=fold_model.steps(settings))
    try:
        for value in training_steps(fold_model.learned, shortened, fold_model=True):
            if isinstance(value, Trained):
                yield predict_out_of_fold(value.pipeline, fold_model.scored)
            else:
                yield value
    except (ModelIsEmpty, NotEnoughData):
        # Such a model finds nothing, and that is its score.
        yield {
            gold_key(annotated): OutOfFoldPrediction(
                (), (), (0.0,) * len(annotated.spans), none_of(annotated)
            )
            for annotated in fold_model.scored
        }


def predict_out_of_fold(
    pipeline: Pipeline, scored: Sequence[AnnotatedText]
) -> OutOfFoldPredictions:
    """What a model predicts for sentences it never saw, by the hash of each with its spans."""
    read = pipeline.read_and_weigh(scored)
    shares = token_shares(pipeline, scored)
    return {
        gold_key(annotated): OutOfFoldPrediction(
            prediction.spans,
            tuple(share or 0.0 for share in prediction.confidences),
            gold_shares,
            its_shares,
        )
        for annotated, (prediction, gold_shares), its_shares in zip(
            scored, read, shares, strict=True
        )
    }


def draw_curve(results: Sequence[FoldResult], finished: int) -> LearningCurve | None:
    """The learning curve of some fold models, all of them on the same folds; None without its points.

    Each point stands at its share of the ``finished`` sentences, though a fold learned fewer.
    """
    by_share: defaultdict[float, list[FoldResult]] = defaultdict(list)
    for fold_model, predictions in results:
        by_share[fold_model.share].append((fold_model, predictions))
    if len(by_share) == 1:
        return None
    folds = min(map(len, by_share.values()))
    samples = {round(share * finished): by_share[share][:folds] for share in sorted(by_share)}
    return make_curve([_sample(size, some) for size, some in samples.items()])


def _sample(sentences: int, results: Sequence[FoldResult]) -> Sample:
    gold: list[tuple[Span, ...]] = []
    found: list[tuple[Span, ...]] = []
    for fold_model, predictions in results:
        wanted, predicted = sides_of(fold_model.scored, predictions)
        gold += wanted
        found += predicted
    return Sample(sentences, count_by_label(gold, found))


def sides_of(
    scored: Sequence[AnnotatedText], predictions: OutOfFoldPredictions
) -> tuple[list[tuple[Span, ...]], list[tuple[Span, ...]]]:
    """The spans that should be found in each sentence, and those that were."""
    gold = [annotated.spans for annotated in scored]
    return gold, [predictions[gold_key(annotated)].spans for annotated in scored]


def score_finer(results: Sequence[FoldResult]) -> FinerScores:
    """Beside the strict score; a phrase is seen if the fold model that was asked learned it."""
    gold: list[tuple[Span, ...]] = []
    found: list[tuple[Span, ...]] = []
    asked: list[tuple[str, frozenset[str]]] = []
    for fold_model, predictions in results:
        if fold_model.share == 1:
            wanted, predicted = sides_of(fold_model.scored, predictions)
            gold += wanted
            found += predicted
            phrases = phrases_of(fold_model.learned)
            asked += [(annotated.text, phrases) for annotated in fold_model.scored]

    def is_seen(number: int, span: Span) -> bool:
        text, phrases = asked[number]
        return phrase_key(text, span) in phrases

    return evaluate_finer(gold, found, is_seen)


@dataclass(frozen=True, slots=True)
class Confidence:
    """How a confidence follows from a probability, and how far it is from the truth then."""

    calibration: Calibration
    error: float
    entities: int


def calibrate(scored: Sequence[AnnotatedText], predictions: OutOfFoldPredictions) -> Confidence:
    """Fit confidences to what was right and wrong in sentences the models never saw."""
    observed = [
        (share, span in annotated.spans)
        for annotated in scored
        for share, span in _surely(predictions[gold_key(annotated)])
    ]
    shares, right = [share for share, _ in observed], [hit for _, hit in observed]
    calibration = fit_calibration(shares, right)
    error = expected_calibration_error(list(map(calibration.apply, shares)), right)
    return Confidence(calibration, error, len(observed))


def outcomes(
    texts: Sequence[AnnotatedText], predictions: OutOfFoldPredictions
) -> tuple[Outcomes, ...]:
    """What was right and wrong of each label, with its log odds: from predictions that are not calibrated.

    Of more than MOST_OUTCOMES entities every second or third, and so on, is kept, by how sure the models were.
    """
    found = sorted(
        (span.label, span in annotated.spans, round(log_odds(share), 2))
        for annotated in texts
        if annotated.finished and gold_key(annotated) in predictions
        for share, span in _surely(predictions[gold_key(annotated)])
    )
    kept = found[:: math.ceil(len(found) / MOST_OUTCOMES) or 1]
    return tuple(
        Outcomes(
            label,
            tuple(odds for name, right, odds in kept if name == label and right),
            tuple(odds for name, right, odds in kept if name == label and not right),
        )
        for label in dict.fromkeys(label for label, *_ in kept)
    )


def _surely(prediction: OutOfFoldPrediction) -> Iterator[tuple[float, Span]]:
    return zip(prediction.confidences, prediction.spans, strict=True)


def calibrated(prediction: OutOfFoldPrediction, calibration: Calibration) -> OutOfFoldPrediction:
    """The prediction with confidences in place of bare probabilities; what was not weighed stays 0."""
    weighed = prediction.gold_confidences
    return replace(
        prediction,
        confidences=tuple(map(calibration.apply, prediction.confidences)),
        gold_confidences=tuple(calibration.apply(share) if share else 0.0 for share in weighed),
    )
