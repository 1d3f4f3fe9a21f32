"""What a check finds, and what it is given of a model that never saw a sentence."""

from dataclasses import dataclass, field
from typing import Literal

from ner_engine.annotation import Span
from ner_engine.results import Finding
from ner_engine.token_shares import TokenShares

Kind = Literal[
    "cut_word",
    "few_examples",
    "two_labels",
    "unlabelled_repeat",
    "duplicate",
    "lonely_label",
    "doubtful",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFinding(Finding):
    """What a check found: ``sentences`` are their numbers in the data, from 0.

    ``label`` and ``phrase`` are what it is about, where it is about one.
    """

    kind: Kind
    label: str | None = None
    phrase: str | None = None


@dataclass(frozen=True, slots=True)
class OutOfFoldPrediction:
    """What a model that never saw a sentence predicts for it.

    ``confidences`` belong to its own ``spans``, ``gold_confidences`` to the sorted spans of the
    gold; all are probabilities from 0 to 1, best calibrated ones. A span of the gold whose label
    the model does not know has 0.
    """

    spans: tuple[Span, ...]
    confidences: tuple[float, ...]
    gold_confidences: tuple[float, ...]
    shares: TokenShares | None = field(default=None, compare=False)
    """How probable each label is at each word, where that was asked."""
