"""What starts a run, as a protocol."""

from typing import Protocol

from bot.db.transaction import Transaction
from bot.domain.runs import NewRun, Run


class Starter(Protocol):
    """Begins runs in this process."""

    async def claim(self, tx: Transaction, new: NewRun) -> Run | None:
        """Queue a run; None where the unique keys of the table say that it is another's."""

    def conduct(self, workspace: str, run: Run) -> None:
        """Carry it out from now on."""
