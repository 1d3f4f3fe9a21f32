"""How much one workspace may have and do where several share a nerbot. Nothing is limited unless it is set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of each workspace."""

    sentences: int | None = None
    """Sentences it may have, in all of its projects."""
    trainings: int | None = None
    """Trainings it may begin within 24 hours."""


UNLIMITED = Limits()
