"""One person's steps on a sentence, as events keep them."""

from dataclasses import dataclass
from enum import StrEnum

from ner_engine.annotation import Span


class StepKind(StrEnum):
    """What one event did to an annotation."""

    LABELLED = "labelled"
    FINISHED = "finished"
    NO_ENTITIES = "no_entities"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class AnnotationState:
    """The part of an annotation that events change."""

    spans: tuple[Span, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One person's step on one sentence, as an event keeps it: what stood before and what stands after."""

    id: int
    kind: StepKind
    sentence_id: int
    person: str
    before: AnnotationState
    after: AnnotationState
    request: str = ""
    """The request it was made in; steps made in one request are one step to the person."""
    together: int = 1
    """How many sentences that step changed."""
    replaced: str | None = None
    """The note of the person's own flag that stood here before this one; "" where they had skipped it before. None:
    this was the first."""
    added: bool = False
    """Whether the sentence was stored with this step: undone, it goes with it."""
