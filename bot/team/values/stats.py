"""How much a team has done and how far it agrees."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ShowStats:
    """`/nerbot stats`."""


@dataclass(frozen=True, slots=True)
class PersonStats:
    """How much one person finished, and the median seconds a sentence took them; None where unknown."""

    person: str
    today: int
    week: int
    all: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """How far people agree on a label: pairwise span F1 in 0..1, and the spans it rests on."""

    label: str
    f1: float
    spans: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree where several finished the same sentences."""

    f1: float
    sentences: int
    per_label: tuple[LabelAgreement, ...] = ()
    pairs: tuple[tuple[str, str, float, int], ...] = ()
    """Two people, their F1, and the sentences both finished."""
    lenient: float = 0.0
    """The same where an overlap with the same label is enough."""
    blind: bool = False
    """Whether no suggestion was shown to more than one of the people who finished each sentence."""
    with_suggestions: tuple[float, int] | None = None
    """F1 and number of the other sentences, whose people were shown suggestions."""


@dataclass(frozen=True, slots=True)
class TeamStats:
    """What a project's team has done."""

    project: str
    today: int
    """Of the finished ones those of today, and of this week."""
    week: int
    finished: int
    """What a training can learn from, as Home and /train count it."""
    waiting: int
    disputed: int
    """Those that people disagree on, besides the finished ones."""
    per_label: tuple[tuple[str, int], ...]
    people: tuple[PersonStats, ...]
    seconds: float | None = None
    agreement: Agreement | None = None
    type: Literal["team_stats"] = "team_stats"
