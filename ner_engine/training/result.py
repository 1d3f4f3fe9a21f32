"""All that one training found out, and its JSON form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ner_engine.checks import DataFinding
from ner_engine.results import (
    Comparison,
    FinerScores,
    Guard,
    Mistake,
    Outcomes,
    Scores,
    Suspicion,
)
from ner_engine.scoring.confusion import ConfusionWithExamples
from ner_engine.scoring.evaluation import scores_to_json
from ner_engine.scoring.learning_curve import LearningCurve, words
from ner_engine.settings import TrainingSettings
from ner_engine.training.cross_validation import Confidence
from ner_engine.training.plan import Method


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found out; the model is where the run was told to save it.

    ``notes`` are sentences on what did not go as asked; ``comparison_problem`` is one that says why
    there is no comparison with the live model; ``documents`` were kept together, learned or scored.
    Sentences are named by their number in the gold.
    """

    settings: TrainingSettings
    sentences: int
    unfinished: int
    labels: tuple[str, ...]
    base_labels: tuple[str, ...]
    method: Method
    folds: int
    evaluation: Scores
    confusions: tuple[ConfusionWithExamples, ...]
    confidence: Confidence
    curve: LearningCurve | None
    findings: tuple[DataFinding, ...]
    guard: Guard | None
    comparison: Comparison | None
    comparison_problem: str | None
    misaligned: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    finer: FinerScores
    documents: int = 0
    suspicions: tuple[Suspicion, ...] = ()
    outcomes: tuple[Outcomes, ...] = ()

    @property
    def outlook(self) -> str | None:
        """What more finished sentences would bring, in words, if the curve says."""
        return words(self.curve) if self.curve else None

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object; scripts read it, so its names stay as they are."""
        return asdict(self) | {
            "evaluation": scores_to_json(self.evaluation),
            "confusions": [_confusion_to_json(confusion) for confusion in self.confusions],
            "curve": self.curve and self.curve.to_json(),
            "findings": [_finding_to_json(finding) for finding in self.findings],
            "outlook": self.outlook,
        }


def _confusion_to_json(confusion: ConfusionWithExamples) -> dict[str, Any]:
    return asdict(confusion) | {"examples": list(map(_mistake_to_json, confusion.examples))}


def _mistake_to_json(mistake: Mistake) -> dict[str, Any]:
    return {
        "kind": mistake.kind,
        "sentence": mistake.sentence_id,
        "gold": mistake.gold and asdict(mistake.gold),
        "found": mistake.found and asdict(mistake.found),
    }


def _finding_to_json(finding: DataFinding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "message": finding.words,
        "sentences": list(finding.sentences),
        "label": finding.label,
        "phrase": finding.phrase,
    }
