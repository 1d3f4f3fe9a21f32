"""The versions of a project and the live pointer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.project import Sentence
from bot.domain.runs import Model
from ner_engine.annotation import Span

KEPT = 10
"""So many of the newest versions keep their files, besides those that were live lately."""

KEPT_DAYS = 30


class WhyLive(StrEnum):
    """Why the live pointer was moved."""

    TRAINING = "training"
    CHOSEN = "chosen"
    UNDO = "undo"
    ROLLBACK = "rollback"
    DAMAGED = "damaged"


BACK = frozenset({WhyLive.UNDO, WhyLive.ROLLBACK, WhyLive.DAMAGED})
"""Moves that go back: they do not count as the way a version became live."""


@dataclass(frozen=True, slots=True)
class LiveMove:
    """One move of the live pointer, from `before` (None at first) to `version`."""

    version: int
    before: int | None
    at: datetime
    person: str
    why: WhyLive


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A model with the run it came from, and whether it can still be asked."""

    model: Model
    run_id: int
    person: str
    sentences: int
    gone: bool = False
    """Its files were cleared away."""
    damaged: bool = False

    @property
    def number(self) -> int:
        """Its version."""
        return self.model.version

    @property
    def is_usable(self) -> bool:
        """Whether it may go live."""
        return not self.gone and not self.damaged


@dataclass(frozen=True, slots=True)
class RunEnd:
    """What is said of a run that made a model, besides the run itself, as things stand now."""

    live: int | None
    """The version that is live now."""
    since: datetime | None = None
    """Since when the run's own model is live, if it is."""
    undo_to: int | None = None
    """The version [Undo] brings back."""
    usable: bool = True
    texts: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    """The sentences of its mistakes by id, as far as they are still there."""


def version_before(moves: tuple[LiveMove, ...], version: int) -> int | None:
    """The version that was live before this one became it; `moves` newest first.

    A move back is not how a version became live: after 1, 2, 3 and a step back to 2, the one before is 1.
    """
    for move in moves:
        if move.version == version and move.why not in BACK:
            return move.before
    return None


@dataclass(frozen=True, slots=True)
class Difference:
    """A sentence in which two versions found different things."""

    sentence: Sentence
    gold: tuple[Span, ...]
    one: tuple[Span, ...]
    two: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ModelsCompared:
    """Two versions on the sentences neither learned; F1 in 0..1."""

    one: int
    two: int
    sentences: int
    one_f1: float = 0.0
    two_f1: float = 0.0
    probability_two: float = 0.5
    """That `two` is better, by the paired bootstrap."""
    differing: int = 0
    only_one_right: int = 0
    only_two_right: int = 0
    differences: tuple[Difference, ...] = ()
    """Those that can be looked at."""
    left_out: int = 0
    """Sentences beyond the bound of what is compared."""
    start: int = 0
    """The first difference that is shown."""
