"""Recognition: what /ner answers, what people correct in it, and what they hear when a later model finds it."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.project import Offsets, ProjectCounts, Sentence
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
    """The steps its buttons stored, which its Undo undoes, the last one first."""
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
    absent: int | None = None
    """The live version where it could not be used here, and another one answered."""
    offer: str = ""
    """The opaque id under which it is kept; empty where it could not be kept, so that it has no buttons."""
    type: Literal["answer"] = "answer"


RecognitionAnswer = Answer | NoModelYet


@dataclass(frozen=True, slots=True)
class Correction:
    """A sentence of /ner a person put right, with their finished annotation of it as it is now."""

    person: str
    sentence: Sentence
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a live model finds that one person had to correct in an earlier one's answers, newest first."""

    project_id: int
    version: int
    person: str
    corrections: tuple[Correction, ...]
    project: str | None = None
    """The project's name, where the workspace has several."""


@dataclass(frozen=True, slots=True)
class ShowNotices:
    """`/nerbot notices`."""


@dataclass(frozen=True, slots=True)
class SetNotices:
    """`/nerbot notices on`, `/nerbot notices off`, and [No more of these]."""

    on: bool


@dataclass(frozen=True, slots=True)
class Notices:
    """Whether a person is told when a model finds what they corrected; `changed` by this very request."""

    on: bool
    changed: bool = False
    type: Literal["notices"] = "notices"
