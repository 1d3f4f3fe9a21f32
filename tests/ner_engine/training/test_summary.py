"""What of a training's result is stored and told."""

from dataclasses import replace
from typing import Any

from ner_engine import Span, TrainingSettings
from ner_engine.checks import DataFinding, Kind
from ner_engine.results import (
    Comparison,
    CurvePoint,
    Evaluation,
    Finding,
    FinerScores,
    Guard,
    Mistake,
    Outcomes,
    Score,
)
from ner_engine.scoring.calibration import Calibration
from ner_engine.scoring.confusion import ConfusionWithExamples
from ner_engine.scoring.evaluation import evaluate
from ner_engine.scoring.learning_curve import LearningCurve, Point
from ner_engine.training.cross_validation import Confidence
from ner_engine.training.result import Result
from ner_engine.training.summary import summarize

SPANS = [(Span(0, 4, "SYMPTOM"),), (), (Span(5, 9, "DRUG"),)]
IDS = (1, 2)

RESULT = Result(
    settings=TrainingSettings(),
    sentences=3,
    unfinished=0,
    labels=("DRUG", "SYMPTOM"),
    base_labels=(),
    method="cross-validation",
    folds=3,
    evaluation=evaluate(SPANS, [(Span(0, 4, "SYMPTOM"),), (), ()]),
    confusions=(),
    confidence=Confidence(Calibration(), 0.0, 0),
    curve=None,
    findings=(),
    guard=None,
    comparison=None,
    comparison_problem=None,
    misaligned=(),
    notes=(),
    finer=FinerScores(Score(1.0, 0.5, 2 / 3, 2)),
    documents=2,
)


def summary(**more: Any) -> Evaluation:
    return summarize(replace(RESULT, **more), IDS)


def finding(kind: Kind, words: str, *sentences: int, needs_more: bool = False) -> DataFinding:
    return DataFinding(words, sentences, needs_more, kind=kind)


def test_notes_outlook_and_findings_are_told_apart_and_findings_name_sentences_by_id() -> None:
    told = summary(
        notes=("No encoder.",),
        curve=LearningCurve((), label="DRUG"),
        findings=(
            finding("two_labels", "“pain” has two labels.", 1, 0),
            finding("few_examples", "DRUG has 2 examples.", 0, needs_more=True),
        ),
    )
    assert told.advice == ("No encoder.",)
    assert told.outlook == "More of DRUG would help most."
    assert told.findings == (
        Finding("“pain” has two labels.", (2, 1)),
        Finding("DRUG has 2 examples.", (1,), needs_more=True),
    )


def test_doubtful_sentences_are_told_as_one_finding_behind_the_others() -> None:
    doubts = [finding("doubtful", f"Doubt {n}.", n) for n in (0, 1)]
    told = summary(findings=(*doubts, finding("few_examples", "DRUG has 2 examples.", 0)))
    first, second = told.findings
    assert first.words == "DRUG has 2 examples."
    assert second.words.startswith("2 sentences are labelled otherwise")
    assert second.sentences == (1, 2)


def test_a_comparison_that_could_not_be_made_is_said() -> None:
    told = summary(comparison_problem="There are no sentences yet.")
    assert told.advice == ("There are no sentences yet.",)


def test_a_comparison_is_told_as_it_was_made() -> None:
    comparison = Comparison(7, 1.0, 0.5, 3, 0.9, (0.1, 0.9))
    assert summary(comparison=comparison).comparison == comparison


def test_of_the_most_frequent_mistakes_each_is_shown_in_another_sentence() -> None:
    spans = {"A": Span(0, 4, "A"), "B": Span(5, 9, "B")}
    kinds = tuple(
        ConfusionWithExamples(
            "missed",
            label,
            None,
            count,
            tuple(Mistake("missed", n, spans[label], None) for n in sentences),
        )
        for label, count, sentences in (("A", 5, (0, 1)), ("B", 3, (0, 1)))
    )
    told = summary(confusions=kinds)
    assert told.mistakes == (
        Mistake("missed", 1, Span(0, 4, "A"), None, 5),
        Mistake("missed", 2, Span(5, 9, "B"), None, 3),
    )
    assert [each.count for each in told.confusions] == [5, 3]


def test_the_curve_and_the_guard_are_told() -> None:
    told = summary(
        curve=LearningCurve((Point(40, 0.5, (0.4, 0.6), {"DRUG": 0.5}),)), guard=Guard(9, 8)
    )
    assert told.curve == (CurvePoint(40, 0.5, (0.4, 0.6)),)
    assert told.guard is not None
    assert not told.guard.holds


def test_what_is_measured_beside_the_strict_score_is_stored_with_it() -> None:
    told = summary()
    assert told.finer == RESULT.finer
    assert told.documents == 2


def test_what_a_promise_of_precision_is_made_from_is_kept_with_how_confidences_follow() -> None:
    kept = (Outcomes("DRUG", (2.0,), (0.5,)),)
    told = summary(outcomes=kept, confidence=Confidence(Calibration(0.5, -0.25), 0.1, 2))
    assert told.outcomes == kept
    assert told.calibration == (0.5, -0.25)
