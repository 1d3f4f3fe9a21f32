"""What a project's models need of the runs they came from, as a protocol."""

from typing import Protocol

from bot.domain.models import RunEnd
from bot.domain.runs import Run


class RunMessages(Protocol):
    """Shows runs to people."""

    async def show_run(self, workspace: str, run: Run, end: RunEnd | None = None) -> None:
        """Let the run's message say how it is now; `end` is what is said of a run that made a model."""

    async def tell_end(self, workspace: str, run: Run) -> None:
        """Say once how a run ended, in a message that notifies whoever waits for it, with its pictures."""
