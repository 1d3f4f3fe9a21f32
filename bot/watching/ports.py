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


class Observing(Protocol):
    """Looks at what the model reads as a whole."""

    async def observe(
        self,
        tx: Transaction,
        message: WaitingMessage,
        sentences: Sequence[ReadSentence],
        found: Sequence[NewReading],
        model: int,
    ) -> None:
        """Take up what was read in a message, in the transaction that keeps it."""
