"""What is sure enough to be sent, and what somebody is asked about first."""

from typing import Protocol

from bot.db.transaction import Transaction
from bot.domain.entities import EntityState
from bot.projects.repositories.projects import Projects


class Gate(Protocol):
    """Decides about each entity that a model finds."""

    def decide(self, label: str, score: float | None) -> EntityState:
        """OUT where it is sure enough to be sent, else ASKED."""


class ConfidenceGate:
    """Lets out what is as sure as the project's setting says."""

    def __init__(self, least: float) -> None:
        self._least = least

    def decide(self, label: str, score: float | None) -> EntityState:
        """OUT from the confidence on that counts as sure."""
        del label
        return EntityState.OUT if score is None or score >= self._least else EntityState.ASKED


async def read_gate(tx: Transaction, project_id: int) -> Gate:
    """The gate of a project, as its settings and its live model say now."""
    settings = await Projects(tx).settings(project_id)
    return ConfidenceGate(settings.confidence)
