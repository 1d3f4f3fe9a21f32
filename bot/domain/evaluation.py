"""What a training found out about its model: scores, the comparison with the live one, mistakes, what would help."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 in 0..1 of strict entity matches, and the number of gold spans."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidate against the live model on the same sentences, none of which either was trained on."""

    live_version: int
    candidate_f1: float
    live_f1: float
    sentences: int
    probability_better: float
    interval: tuple[float, float] | None = None
    """The 95 % interval of candidate minus live; None in runs that did not keep it."""

    @property
    def is_worse(self) -> bool:
        """Lower F1, and by the paired bootstrap at least nine times in ten: noise alone does not hold a model back."""
        return self.candidate_f1 < self.live_f1 and self.probability_better <= 0.1

    @property
    def is_better(self) -> bool:
        """The whole interval of the difference lies above zero."""
        return self.interval is not None and self.interval[0] > 0


class LivePolicy(StrEnum):
    """When a new model of a project goes live by itself."""

    BETTER = "better"
    NOT_WORSE = "not_worse"
    ASK = "ask"


class HeldBack(StrEnum):
    """Why a new model did not go live by itself."""

    WORSE = "worse"
    NOT_BETTER = "not_better"
    ASK = "ask"
    GUARD = "guard"
    MOVED = "moved"
    """Somebody moved the live pointer while it trained."""


MistakeKind = Literal["label", "boundary", "missed", "spurious"]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Mistakes of one kind between the same labels, and how many."""

    kind: MistakeKind
    gold: str | None
    found: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake that stands for `count` of its kind: what was to be found in the sentence, and what was."""

    kind: MistakeKind
    sentence_id: int
    gold: Span | None
    found: Span | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at in the data, with the ids of the sentences it is about."""

    words: str
    sentences: tuple[int, ...] = ()
    needs_more: bool = False
    """More labelled sentences would help, rather than a look at these."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """F1 with its interval after learning from so many sentences."""

    sentences: int
    f1: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Guard:
    """Entities of a pretrained base that none of ours overlaps: how many there were, and are still found."""

    entities: int
    kept: int

    @property
    def holds(self) -> bool:
        """Nothing the base found is lost."""
        return self.kept >= self.entities


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a run's scores rest on, with the 95 % interval of F1 over sentences."""

    overall: Score
    per_label: tuple[tuple[str, Score], ...]
    interval: tuple[float, float]
    sentences: int
    method: str
    """`cross-validation` or `held-out`."""
    comparison: Comparison | None = None
    advice: tuple[str, ...] = ()
    """Sentences for people: what did not go as asked."""
    outlook: str | None = None
    """What more finished sentences would bring."""
    findings: tuple[Finding, ...] = ()
    """What to look at in the data, the most telling first."""
    mistakes: tuple[Mistake, ...] = ()
    """The few most telling ones, without the texts: those are stored once, and may be erased."""
    confusions: tuple[Confusion, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    guard: Guard | None = None
    held_back: HeldBack | None = None


def judge(
    evaluation: Evaluation, policy: LivePolicy, *, live_version: int | None
) -> HeldBack | None:
    """Why a new model does not go live by itself; None where it does.

    Where there is nothing to compare with (no live model, or one that cannot be loaded) there is none it could be
    worse than.
    """
    comparison = evaluation.comparison
    if evaluation.guard is not None and not evaluation.guard.holds:
        return HeldBack.GUARD
    if policy is LivePolicy.ASK:
        return HeldBack.ASK
    if comparison is not None and comparison.is_worse:
        return HeldBack.WORSE
    if policy is LivePolicy.BETTER and live_version is not None:
        return None if comparison is not None and comparison.is_better else HeldBack.NOT_BETTER
    return None
