"""Recognition: what /ner answers."""

from dataclasses import dataclass

from bot.domain.project import ProjectCounts
from ner_engine.annotation import Prediction


@dataclass(frozen=True, slots=True)
class Recognised:
    """Texts with what the live model found in them."""

    version: int
    texts: tuple[tuple[str, Prediction], ...]
    cleaned: bool = False
    damaged: tuple[int, ...] = ()
    """Versions that were live until this question found them damaged."""


@dataclass(frozen=True, slots=True)
class NoModelYet:
    """There is nothing to ask yet; what is there and what is needed for a first training."""

    counts: ProjectCounts
    needed: int


RecognitionAnswer = Recognised | NoModelYet
