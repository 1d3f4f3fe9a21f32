"""The checks of a stream: sentences that were drawn, what people say of them, and what follows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.domain.project import Offsets
from bot.health.drift import Drift, Part
from bot.health.estimates import Estimate
from ner_engine.annotation import Span


class Said(StrEnum):
    """What somebody said to a drawn sentence."""

    RIGHT = "right"
    EDIT = "edit"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class ShowHealth:
    """`/nerbot health`, or [Check them] below what was told of a project."""

    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class CloseDraw:
    """[Check now]: what was drawn so far is checked, and a new draw begins."""


@dataclass(frozen=True, slots=True)
class CheckSentence:
    """[Right], [Edit] or [Skip] below a drawn sentence."""

    number: int
    said: Said


@dataclass(frozen=True, slots=True)
class DrawnSentence:
    """A sentence of the stream that is checked, with what the model found; `out` says which of it went out."""

    id: int
    draw_id: int
    stratum: str
    sentence: str
    tokens: tuple[Offsets, ...]
    spans: tuple[Span, ...]
    out: tuple[bool, ...]
    sentence_id: int | None = None
    """The sentence of the project that it became."""


@dataclass(frozen=True, slots=True)
class StreamChange:
    """How what a project watches has become another stream, which was noticed after so many messages."""

    what: Part
    usual: float
    """What it was in the training sentences, or before: a share, or entities for each ten words."""
    now: float
    channel: str | None
    """Where it was noticed; None where it is in several channels."""
    label: str | None
    """The one whose share has changed."""
    is_of_training: bool
    """It is other than in the training sentences; else than before."""
    messages: int
    type: Literal["stream_change"] = "stream_change"


@dataclass(frozen=True, slots=True)
class StreamState:
    """The test of a project's stream: its alarms so far, and the last one of the live model."""

    model: int
    drift: Drift
    alarms: int = 0
    change: StreamChange | None = None
    noticed_at: datetime | None = None
    queued_at: datetime | None = None
    """Since when sentences of the new stream are in the queue."""


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """[Label these 20]: sentences of the new stream go into the queue."""

    project_id: int


@dataclass(frozen=True, slots=True)
class ChangedQueued:
    """So many sentences of the new stream are in the queue."""

    project: str
    sentences: int
    elsewhere: bool = False
    """The project is not the one where the button was pressed."""
    type: Literal["changed_queued"] = "changed_queued"


@dataclass(frozen=True, slots=True)
class HealthBrief:
    """How the live model does on the stream, at a glance."""

    promise: float | None = None
    out: Estimate | None = None
    """Precision of what went out."""
    last: datetime | None = None
    """When a sentence was checked last."""
    change: StreamChange | None = None


@dataclass(frozen=True, slots=True)
class HealthShown:
    """How the live model does on the stream, and the next sentence to check."""

    project: str
    model: int | None
    promise: float | None = None
    out: Estimate | None = None
    """Precision of what went out."""
    found: Estimate | None = None
    """Precision of all that was found."""
    recall: Estimate | None = None
    checked: int = 0
    last: datetime | None = None
    """When a sentence was checked last."""
    card: DrawnSentence | None = None
    waiting: int = 0
    passed: int = 0
    """Sentences of the draw that is open."""
    did: Literal["shown", "right", "edit", "skip", "closed"] = "shown"
    sentence_id: int | None = None
    change: StreamChange | None = None
    type: Literal["health_shown"] = "health_shown"
