"""What the models of folds say of a run: its scores, its mistakes, what to look at in the data."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ner_engine.annotation import AnnotatedText
from ner_engine.checks import DataFinding, OutOfFoldPrediction, check_data
from ner_engine.checks.suspicions import suspicions
from ner_engine.errors import EngineError
from ner_engine.model_files.store import (
    LEARNED,
    read_held_out,
    read_learned,
)
from ner_engine.pipeline.pipeline import Pipeline, make_tokenizer
from ner_engine.prediction.predictor import load_model
from ner_engine.results import Comparison
from ner_engine.scoring.confusion import ConfusionWithExamples, find_confusions
from ner_engine.scoring.evaluation import compare, evaluate
from ner_engine.settings import TrainingSettings
from ner_engine.token_shares import TokenShares, joined
from ner_engine.training.base_guard import check_base
from ner_engine.training.corpus import Misalignment, find_misalignments, labels_of
from ner_engine.training.cross_validation import (
    Confidence,
    FoldResult,
    OutOfFoldPredictions,
    calibrate,
    calibrated,
    draw_curve,
    outcomes,
    score_finer,
    sides_of,
)
from ner_engine.training.folds import FoldScored
from ner_engine.training.plan import Plan
from ner_engine.training.result import Result
from ner_engine.training.splits import gold_key, text_key


@dataclass(frozen=True, slots=True)
class Case:
    """What a run learns from, and what models of folds predicted for sentences that they did not learn."""

    gold: Sequence[AnnotatedText]
    settings: TrainingSettings
    plan: Plan
    notes: tuple[str, ...]
    predictions: dict[str, OutOfFoldPrediction] = field(default_factory=dict)
    looked_at: dict[str, OutOfFoldPrediction] = field(default_factory=dict)
    """What was predicted for sentences that make no score."""
    made: dict[int, OutOfFoldPredictions] = field(default_factory=dict)
    """What each of the plan's models predicted, by its number."""

    @property
    def results(self) -> list[FoldResult]:
        """What the models that make the score and its curve predicted, in the plan's order."""
        made = [(*self.plan.models[number], self.made[number]) for number in sorted(self.made)]
        return [(model, found) for stage, model, found in made if stage != "looking for errors"]

    def take(self, scored: FoldScored) -> None:
        """Keep what one more of the plan's models predicted."""
        self.made[scored.number] = scored.predictions
        if scored.stage == "looking for errors":
            self.looked_at.update(scored.predictions)
        if scored.stage == "cross-validation":
            self.predictions.update(scored.predictions)

    def f1_so_far(self) -> float | None:
        """The F1 of the sentences that are scored by now; None before the first of them."""
        seen = [text for text in self.plan.scored if gold_key(text) in self.predictions]
        return evaluate(*sides_of(seen, self.predictions)).overall.f1 if seen else None


def assess(case: Case, pipeline: Pipeline, live: Path | None, live_version: int) -> Result:
    """What the run found out, once all models are made; the pipeline's confidences are calibrated on the way."""
    gold, settings, plan = case.gold, case.settings, case.plan
    confidence = calibrate(plan.scored, case.predictions)
    pipeline.recognizer.calibrate(confidence.calibration)
    comparison, problem = _compare(case, live, live_version) if live else (None, None)
    unfinished = sum(not annotated.finished for annotated in gold)
    misaligned = tuple(find_misalignments(make_tokenizer(settings), gold))
    weighed = _weighed(case, confidence)
    return Result(
        settings=settings,
        sentences=len(gold) - unfinished,
        unfinished=unfinished,
        labels=labels_of(gold),
        base_labels=pipeline.base_labels,
        method=plan.method,
        folds=plan.folds,
        evaluation=evaluate(*sides_of(plan.scored, case.predictions)),
        confusions=_confusions(case),
        confidence=confidence,
        curve=draw_curve(case.results, len(gold) - unfinished),
        findings=_findings(case, weighed, misaligned),
        suspicions=suspicions(gold, weighed),
        guard=check_base(pipeline, [annotated.text for annotated in gold]),
        comparison=comparison,
        comparison_problem=problem,
        misaligned=tuple(asdict(found) for found in misaligned),
        notes=case.notes,
        finer=score_finer(case.results),
        documents=plan.documents,
        outcomes=outcomes(gold, case.looked_at | case.predictions),
    )


def _confusions(case: Case) -> tuple[ConfusionWithExamples, ...]:
    """The mistakes in the scored sentences, by the sentences' numbers in the gold."""
    predictions = [case.predictions.get(gold_key(annotated)) for annotated in case.gold]
    pairs = [
        (annotated.spans, prediction.spans) if prediction and annotated.finished else ((), ())
        for annotated, prediction in zip(case.gold, predictions, strict=True)
    ]
    return find_confusions([wanted for wanted, _ in pairs], [found for _, found in pairs])


def _weighed(case: Case, confidence: Confidence) -> list[OutOfFoldPrediction | None]:
    """What models that did not learn it say of each sentence, with calibrated confidences."""
    known = case.looked_at | case.predictions
    predictions = (known.get(gold_key(annotated)) for annotated in case.gold)
    return [
        prediction and calibrated(prediction, confidence.calibration) for prediction in predictions
    ]


def _findings(
    case: Case,
    weighed: Sequence[OutOfFoldPrediction | None],
    misaligned: Sequence[Misalignment],
) -> tuple[DataFinding, ...]:
    cuts = [(found.index, found.span, found.snapped) for found in misaligned]
    return check_data(case.gold, weighed, cuts)


def _compare(case: Case, live: Path, live_version: int) -> tuple[Comparison | None, str | None]:
    """Candidate and live on the same sentences, which neither has seen, or why not.

    Where the live model learned a sentence, what its own fold models found there counts.
    """
    try:
        model = load_model(live)
    except EngineError as error:
        # A live model that is broken must not keep a sound one from taking its place.
        return None, str(error)
    if not (live / LEARNED).exists():
        return None, "The live model came as a package that does not say what it learned."
    theirs = read_held_out(live)
    # What it learned without ever being tried on says nothing; what is new to it does.
    learned = read_learned(live)
    fair = [
        text
        for text in case.plan.scored
        if (key := text_key(text.text)) in theirs or key not in learned
    ]
    if not fair:
        return None, "There are no sentences yet that neither model has learned."
    new = [text.text for text in fair if text_key(text.text) not in theirs]
    theirs |= dict(zip(map(text_key, new), model.predict(new, ours_only=True), strict=True))
    gold, ours = sides_of(fair, case.predictions)
    predicted = [theirs[text_key(text.text)] for text in fair]
    return compare(gold, ours, predicted, live_version=live_version), None


def shares_of(case: Case) -> TokenShares:
    """What models that did not learn them say of the words of all finished sentences."""
    known = case.looked_at | case.predictions
    predictions = (known.get(gold_key(text)) for text in case.gold if text.finished)
    return joined(each.shares for each in predictions if each and each.shares)
