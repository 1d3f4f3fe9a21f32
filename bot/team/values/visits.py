"""What is known of a person's use of Home and of the model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a person's use of Home and of the model, and what they wish to hear."""

    opened: bool = False
    asked: bool = False
    notices: bool = True
    """They are told when a model finds what they corrected."""
