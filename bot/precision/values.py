"""The command /nerbot precision, and what it answers."""

from dataclasses import dataclass
from typing import Literal

from ner_engine.results import Contract

LEAST, MOST = 0.5, 0.995
"""Promises that can be made, in 0..1."""


@dataclass(frozen=True, slots=True)
class AskPrecision:
    """`/nerbot precision`: what is promised; `/nerbot precision 95`: what that would cost."""

    promise: float | None = None
    """In 0..1."""


@dataclass(frozen=True, slots=True)
class SetPrecision:
    """[Switch on] below what it costs, and `/nerbot precision off`."""

    promise: float | None


@dataclass(frozen=True, slots=True)
class Stream:
    """What watched channels brought lately; both a day, None where none is watched."""

    entities: float | None = None
    messages: float | None = None


@dataclass(frozen=True, slots=True)
class PrecisionShown:
    """A promise of a project, and what it takes with the live model."""

    project: str
    promise: float | None
    """The one this is about, in 0..1; None: nothing is promised."""
    did: Literal["shown", "asked", "set", "off"]
    model: int | None = None
    contract: Contract | None = None
    """None where there is no model, or nothing is known that a promise could be made from."""
    sentences: int = 0
    """What the live model learned from."""
    stream: Stream = Stream()
    type: Literal["precision_shown"] = "precision_shown"

    @property
    def sentences_needed(self) -> int | None:
        """About how many sentences would be enough to promise it, as far as that can be told."""
        contract = self.contract
        if contract is None or not contract.entities_needed or not contract.entities:
            return None
        needed = self.sentences * contract.entities_needed / contract.entities
        step = 10 if needed < 200 else 50 if needed < 1_000 else 100
        return -int(-needed // step) * step
