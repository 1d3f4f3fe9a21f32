"""Outputs: where a project's entities go, and how far each has got."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class OutputKind(StrEnum):
    """What an output is."""

    FILE = "file"
    TABLE = "table"
    LIST = "list"
    REPLY = "reply"
    REACTION = "reaction"


@dataclass(frozen=True, slots=True)
class Output:
    """One place to which a project's entities go."""

    id: int
    workspace: str
    project_id: int
    kind: OutputKind
    target: str
    """A path, a URL or an id of Slack's; empty where the kind needs none."""
    person: str
    """Whoever is told when it fails for a day."""
    position: int
    """The last change it has."""
    due_at: datetime
    created_at: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    """What else the kind needs to know."""
    attempts: int = 0
    error: str | None = None
    failing_since: datetime | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShowOutputs:
    """`/nerbot outputs`."""


@dataclass(frozen=True, slots=True)
class OutputShown:
    """An output, and how many changes it has not had."""

    output: Output
    waiting: int


@dataclass(frozen=True, slots=True)
class OutputsShown:
    """The outputs of a project."""

    project: str
    outputs: tuple[OutputShown, ...]
    type: Literal["outputs_shown"] = "outputs_shown"
