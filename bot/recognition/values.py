"""Recognition: what /ner answers."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.project import Offsets, ProjectCounts
from ner_engine.annotation import Prediction, Span


@dataclass(frozen=True, slots=True)
class NoModelYet:
    """There is nothing to ask yet; what is there and what is needed for a first training."""

    counts: ProjectCounts
    needed: int


@dataclass(frozen=True, slots=True)
class AnsweredText:
    """One sentence of an answer: what was found, and what the person made of it since."""

    text: str
    tokens: tuple[Offsets, ...]
    found: Prediction
    sentence_id: int | None = None
    """The sentence it became when the person said that it is right, or put it right."""
    spans: tuple[Span, ...] = ()
    """What was stored then."""
    finished: bool = True
    steps: tuple[int, ...] = ()
    """The steps its buttons stored, which its Undo takes back, the last one first."""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to /ner, kept so that a button can speak of one of its sentences."""

    version: int | None
    """None: found by phrases labelled earlier, before there is a model."""
    texts: tuple[AnsweredText, ...]
    cleaned: bool = False
    damaged: tuple[int, ...] = ()
    """Versions that were live until this question found them damaged."""
    offer: str = ""
    """The opaque id under which it is kept; empty where it could not be kept, so that it has no buttons."""
    type: Literal["answer"] = "answer"


RecognitionAnswer = Answer | NoModelYet
