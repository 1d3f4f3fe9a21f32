"""The record of what people did: events that are only ever added, and how a step is undone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.steps import AnnotationState
from ner_engine.annotation import Span

NOBODY = "nobody"
"""Whose name stands where a person was forgotten."""


class EventKind(StrEnum):
    """What happened, besides the steps on an annotation (`StepKind`)."""

    LABEL_ADDED = "label_added"
    LABEL_REMOVED = "label_removed"
    LABEL_DESCRIBED = "label_described"
    LABEL_RENAMED = "label_renamed"
    LABELS_MERGED = "labels_merged"
    LABELS_SPLIT = "labels_split"
    """A merge undone: each phrase has the label again that it had."""
    LABEL_DELETED = "label_deleted"
    SENTENCE_DELETED = "sentence_deleted"
    PROJECT_DELETED = "project_deleted"
    """In the record of the default project."""
    LIVE_MOVED = "live_moved"
    LIVE_POLICY_CHANGED = "live_policy_changed"
    PROJECT_MADE = "project_made"
    CHANNEL_BOUND = "channel_bound"
    SETTINGS_CHANGED = "settings_changed"
    FLAG_SETTLED = "flag_settled"
    ROLE_CHANGED = "role_changed"
    REVIEWED = "reviewed"
    REVIEW_NOTED = "review_noted"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the record. `undone` where a later one undoes it, which that one says in `undoes`."""

    id: int
    kind: str
    person: str
    at: datetime
    sentence_id: int | None = None
    text: str = ""
    """The sentence."""
    before: AnnotationState | None = None
    after: AnnotationState | None = None
    detail: dict[str, Any] | None = None
    undoes: int | None = None
    undone: bool = False

    @property
    def by(self) -> str:
        """Who did it: of an annotation that another person's undo changed, that other person."""
        return str((self.detail or {}).get("by") or self.person)


def relabelled(spans: tuple[Span, ...], names: dict[str, str]) -> tuple[Span, ...]:
    """The spans with the names their labels have now."""
    return tuple(
        Span(span.start, span.end, names.get(span.label, span.label)) for span in sorted(spans)
    )
