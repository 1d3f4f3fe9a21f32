"""What is known of a person's use of Home and of the model."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a person's use of Home and of the model, and what they wish to hear."""

    opened: bool = False
    asked: bool = False
    notices: bool = True
    """They are told when a model finds what they corrected."""
    timezone: str | None = None
    """The time zone they said they are in."""
    reminders: bool = True
    """They are told what waits for reviewers, if they are one."""
    reminded_at: datetime | None = None
    """When they were last told that."""
