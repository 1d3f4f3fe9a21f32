"""What reading messages needs of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.db.transaction import Transaction
from bot.watching.values import NewReading, ReadSentence, WaitingMessage


@dataclass(frozen=True, slots=True)
class Unsure:
    """An entity that is too unsure to be sent, with the sentence it is in, which is kept nowhere else."""

    entity_id: int
    reading: NewReading
    sentence: ReadSentence


class Asking(Protocol):
    """Asks people about what a model is not sure enough of."""

    async def ask(self, tx: Transaction, message: WaitingMessage, unsure: Sequence[Unsure]) -> None:
        """Take up what was found in a message, in the transaction that keeps it."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the live model read in a message: its sentences of which nobody has said what is in them, and what was
    found; `hidden` are the numbers of those whose text must not be kept."""

    message: WaitingMessage
    sentences: Sequence[ReadSentence]
    found: Sequence[NewReading]
    hidden: frozenset[int]


class Observing(Protocol):
    """Looks at what the model reads as a whole."""

    async def prepare(self, project_id: int, model: int) -> None:
        """Make ready for what a model reads, outside of every transaction."""

    async def observe(
        self, tx: Transaction, project_id: int, model: int, observed: Sequence[Observed]
    ) -> None:
        """Take up what was read, in the transaction that keeps it."""
