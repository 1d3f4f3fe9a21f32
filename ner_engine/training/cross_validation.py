"""The score a training deserves: measured on models that never saw the sentences they are scored on.

They learn just as the final model does, only from fewer sentences, and are thrown away. Others that
learn from a part of these make the learning curve.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
from ner_engine.training.plan import FoldModel
from ner_engine.training.splits import gold_key, phrase_key, phrases_of

#: So many entities are kept of those that a promise of precision is made from: more say the same, and are stored.
MOST_OUTCOMES = 4_000

OutOfFoldPredictions = Mapping[str, OutOfFoldPrediction]
"""By :func:`gold_key`: copies of a text may have other spans, and so other confidences."""

FoldResult = tuple[FoldModel, OutOfFoldPredictions]


def fold_model_steps(
    fold_model: FoldModel, settings: TrainingSettings
) -> Iterator[Step | OutOfFoldPredictions]:
    """Train a fold model; the last value is what it predicts for the scored sentences."""
    shortened = replace(settings, steps=fold_model.steps(settings))
    try:
        given = fold_model.unlabelled
        for value in training_steps(
            fold_model.learned, shortened, fold_model=True, unlabelled=given
        ):
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
