"""What is to be masked, and what is promised of it."""

from dataclasses import dataclass

from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class LabelSlip:
    """What a label's entities take: the threshold, None where it cannot be promised; how many entities that rests on,
    and about how many are enough, None where the model gives some of them no chance at all."""

    label: str
    threshold: float | None
    entities: int
    needed: int | None


@dataclass(frozen=True, slots=True)
class Slip:
    """A promise of recall: at most ``promise`` of the entities of each label slip through, a share in 0..1.

    ``threshold`` is the probability of being in an entity from which on a word is masked, None where it cannot be
    promised. ``masked`` is the share of all words that are, ``needlessly`` that of the words in no entity.
    """

    promise: float
    threshold: float | None
    labels: tuple[LabelSlip, ...]
    masked: float = 0.0
    needlessly: float = 0.0


@dataclass(frozen=True, slots=True)
class Marked:
    """What is to be masked in a text: what was found, and where little may slip through words that may be of more."""

    found: tuple[Span, ...]
    doubtful: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What is to be masked in each of some texts; the labels the model was taught; and what was promised, if anything
    was asked to be: nothing is marked where it cannot be."""

    labels: tuple[str, ...]
    texts: tuple[Marked, ...]
    slip: Slip | None = None
