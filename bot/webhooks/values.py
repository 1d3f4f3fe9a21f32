"""Webhooks: where notifications go, and what they say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class NotificationKind(StrEnum):
    """What happened; the `type` of a notification."""

    ANNOTATION_FINISHED = "annotation.finished"
    """Somebody finished a sentence, or changed one that they had finished."""
    ANNOTATION_REOPENED = "annotation.reopened"
    """A finished sentence is not finished any more: the step was undone."""
    TRAINING_ENDED = "training.ended"
    MODEL_LIVE = "model.live"
    ENTITY_FOUND = "entity.found"
    """The live model found an entity in a watched channel, and it is sure enough to be sent."""
    ENTITY_AMENDED = "entity.amended"
    """One that was sent is another one now, or none: `state` says so."""
    TEST = "test"
    """Sent on request; every receiver gets it."""


SENT = tuple(kind for kind in NotificationKind if kind is not NotificationKind.TEST)
"""What a receiver can be sent."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver of a project's notifications."""

    id: int
    workspace: str
    project_id: int
    url: str
    kinds: frozenset[NotificationKind]
    secret: str
    person: str
    event_position: int
    run_position: int
    due_at: datetime
    created_at: datetime
    secret_before: str | None = None
    rotated_at: datetime | None = None
    attempts: int = 0
    error: str | None = None
    failing_since: datetime | None = None
    paused_at: datetime | None = None
    entity_position: int = 0

    @property
    def position(self) -> str:
        """How far it has got, as `nerbot webhooks replay` takes it."""
        return f"{self.event_position}:{self.run_position}:{self.entity_position}"


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing that happened, and how far a receiver has got with it."""

    id: str
    """The same whenever it is sent again."""
    kind: NotificationKind
    at: datetime
    data: dict[str, Any]
    event_position: int | None = None
    run_position: int | None = None
    entity_position: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is sent."""
        return {
            "id": self.id,
            "type": self.kind.value,
            "timestamp": self.at.isoformat(),
            "data": self.data,
        }


@dataclass(frozen=True, slots=True)
class Coming:
    """What is next for a receiver, oldest first, and how far it has got after it."""

    notifications: tuple[Notification, ...]
    event_position: int
    run_position: int
    entity_position: int

    @property
    def place(self) -> tuple[int, int, int]:
        """How far the receiver is after it."""
        return self.event_position, self.run_position, self.entity_position


@dataclass(frozen=True, slots=True)
class ShowWebhooks:
    """`/nerbot webhooks`."""


@dataclass(frozen=True, slots=True)
class TestWebhook:
    """[Send a test]."""

    __test__ = False  # not a test of pytest's
    webhook_id: int


@dataclass(frozen=True, slots=True)
class WebhooksShown:
    """The receivers of a project."""

    project: str
    webhooks: tuple[Webhook, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """What a receiver answered to a test: an HTTP status, or why there was no answer."""

    url: str
    error: str | None
    type: Literal["webhook_tested"] = "webhook_tested"
