"""What a project's models need of the runs they came from, as a protocol."""

from typing import Protocol

from bot.domain.models import RunEnd
from bot.domain.runs import Run


class RunMessages(Protocol):
    """Shows runs to people."""

    async def show_run(
        self, workspace: str, run: Run, end: RunEnd | None = None
    ) -> tuple[str, str] | None:
        """Post the run's message, or edit it where there is one (at most every 3 s while it runs).

        The channel and timestamp of a message posted now, else None. `end` is what is said of a run that made a model.
        """

    async def show_pictures(self, workspace: str, run: Run) -> None:
        """Put the pictures of what a run found out into its message's thread."""
