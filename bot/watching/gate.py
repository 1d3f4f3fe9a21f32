"""What is sure enough to be sent, and what somebody is asked about first."""

from typing import Protocol

from bot.db.transaction import Transaction
from bot.domain.entities import EntityState
from bot.precision.contracts import read_contract
from bot.projects.repositories.projects import Projects
from ner_engine.results import Contract


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


class PrecisionGate:
    """Lets out what keeps a promise of precision; nothing where it is not known what would."""

    def __init__(self, contract: Contract | None) -> None:
        self._contract = contract

    def decide(self, label: str, score: float | None) -> EntityState:
        """OUT from the threshold of the label on."""
        is_sure = self._contract is not None and self._contract.lets_out(label, score)
        return EntityState.OUT if is_sure else EntityState.ASKED


async def read_gate(tx: Transaction, project_id: int, model: int | None) -> Gate:
    """The gate of a project for what a version of its model finds, as its settings say now."""
    settings = await Projects(tx).settings(project_id)
    if settings.precision is None:
        return ConfidenceGate(settings.confidence)
    if model is None:
        return PrecisionGate(None)
    found = await read_contract(tx, project_id, model, settings.precision)
    return PrecisionGate(found.contract if found else None)
