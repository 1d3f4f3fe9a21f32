"""What a training tells: plain values that the engine makes, and whoever started it stores and shows.

Field names are the form in which these values are stored and sent: a changed name is unreadable data.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ner_engine.annotation import Span

MistakeKind = Literal["label", "boundary", "missed", "spurious"]
"""Another label on (about) the same words; the right label with other borders; not found at all; found where nothing
is."""


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 in 0..1 of strict entity matches, and the number of gold spans."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Scores:
    """The score over all labels and of each, with the 95 % interval of the overall F1 over sentences."""

    overall: Score
    per_label: tuple[tuple[str, Score], ...]
    interval: tuple[float, float]
    sentences: int


@dataclass(frozen=True, slots=True)
class FinerScores:
    """Beside the strict score: how near the misses are, and what of it is memory.

    ``lenient`` counts an entity that overlaps one with the same label, its F1 that of the two shares.
    ``seen`` and ``unseen`` are strict: of entities whose phrase was labelled in what was learned, and of
    all others; no entity has ``support`` 0. ``seen`` is None where it is not known what was learned.
    """

    lenient: Score
    lenient_per_label: tuple[tuple[str, Score], ...] = ()
    seen: Score | None = None
    unseen: Score | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidate against the live model on the same sentences, none of which either was trained on.

    ``probability_better`` is the share of bootstrap resamples in which the candidate is better, equal ones half.
    """

    live_version: int
    candidate_f1: float
    live_f1: float
    sentences: int
    probability_better: float
    interval: tuple[float, float] | None = None
    """The 95 % interval of candidate minus live; None in runs that did not keep it."""

    @property
    def delta(self) -> float:
        """Candidate minus live."""
        return self.candidate_f1 - self.live_f1

    @property
    def is_worse(self) -> bool:
        """Lower F1, and by the paired bootstrap at least nine times in ten: noise alone does not hold a model back."""
        return self.candidate_f1 < self.live_f1 and self.probability_better <= 0.1

    @property
    def is_better(self) -> bool:
        """The whole interval of the difference lies above zero."""
        return self.interval is not None and self.interval[0] > 0


@dataclass(frozen=True, slots=True)
class Confusion:
    """Mistakes of one kind between the same labels, and how many."""

    kind: MistakeKind
    gold: str | None
    found: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake that stands for ``count`` of its kind: what was to be found in the sentence, and what was.

    ``sentence_id`` is the sentence's number in the training data, from 0, until the caller's own id takes its place.
    """

    kind: MistakeKind
    sentence_id: int
    gold: Span | None
    found: Span | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at in the data, with the numbers or ids of the sentences it is about."""

    words: str
    sentences: tuple[int, ...] = ()
    needs_more: bool = False
    """More labelled sentences would help, rather than a look at these."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A finished sentence that may be labelled wrongly: how probable that is, in 0..1, and how it may be meant.

    ``sentence`` is its number in the training data, from 0, until the caller's own id takes its place.
    """

    sentence: int
    probability: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """F1 with its 95 % interval after learning from so many sentences."""

    sentences: int
    f1: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Guard:
    """Entities of a pretrained base that none of ours overlaps: how many there were, and are still found."""

    entities: int
    kept: int
    displaced: int = 0
    """Entities of the base besides, in whose place ours are."""

    @property
    def holds(self) -> bool:
        """Nothing the base found is lost."""
        return self.kept >= self.entities


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What fold models found of one label in sentences they did not learn: the log odds that they gave to each entity,
    to two places, by whether it was right."""

    label: str
    right: tuple[float, ...]
    wrong: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which confidence on a label's entities go out, in 0..1, None where none does; which share of them that is,
    and how many entities that rests on."""

    label: str
    confidence: float | None
    share: float
    entities: int


@dataclass(frozen=True, slots=True)
class Contract:
    """What a promise of precision takes: ``promise`` of what goes out is right, a share in 0..1.

    ``precision`` is what is expected of what goes out, nine in ten times within ``margin`` of it, None where nothing
    does; ``share`` is that of the entities that go out; ``entities`` how many it rests on, ``entities_needed`` about
    how many would make ``margin`` small enough to promise it.
    """

    promise: float
    precision: float | None = None
    margin: float | None = None
    share: float = 0.0
    entities: int = 0
    entities_needed: int | None = None
    thresholds: tuple[Threshold, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether enough is known to promise it."""
        needed = self.entities_needed
        return self.share > 0 and needed is not None and needed <= self.entities

    def lets_out(self, label: str, confidence: float | None) -> bool:
        """Whether an entity is sure enough to go out; what has no confidence is not."""
        if confidence is None:
            return False
        # Two of them where one label was renamed to another: both hold.
        least = [each.confidence for each in self.thresholds if each.label == label]
        return bool(least) and all(each is not None and confidence >= each for each in least)


class HeldBack(StrEnum):
    """Why a new model did not go live automatically."""

    WORSE = "worse"
    NOT_BETTER = "not_better"
    ASK = "ask"
    GUARD = "guard"
    MOVED = "moved"
    """Somebody moved the live pointer while it trained."""


@dataclass(frozen=True, slots=True)
class Evaluation(Scores):
    """A training's scores, what they rest on, and what would make the model better."""

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
    """Set by whoever decides which model is live."""
    finer: FinerScores | None = None
    """None in runs from before it was measured."""
    documents: int = 0
    """Messages or documents with several sentences, each kept together: all learned from, or all scored."""
    outcomes: tuple[Outcomes, ...] = ()
    """What a promise of precision is made from; none in runs from before they were kept."""
    calibration: tuple[float, float] | None = None
    """Slope and intercept by which confidences follow from log odds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``done`` in 0..1 over all stages, ``f`` the F1 so far in 0..1, if any."""

    stage: str
    done: float
    step: int = 0
    steps: int = 0
    f: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """A training left a verified model, which has these labels."""

    evaluation: Evaluation
    labels: tuple[str, ...]
    suspicions: tuple[Suspicion, ...] = ()
    """Sentences that may be labelled wrongly, the most probable first."""


@dataclass(frozen=True, slots=True)
class TrainingFailed:
    """A training ended without a model; the words are for people, the code is the engine's."""

    words: str
    code: str = "unexpected"


TrainingEvent = Progress | Trained | TrainingFailed
"""What a training's process reports, one a line."""
