"""What the use cases need to tell people in Slack, as a protocol."""

from collections.abc import Sequence
from typing import Protocol

from bot.digests.commands import Digest, News
from bot.domain.models import ModelVersion, RunEnd
from bot.domain.runs import Run
from bot.recognition.values import Learned


class Notifier(Protocol):
    """Tells people in Slack what happened outside their requests."""

    async def show_run(
        self, workspace: str, run: Run, end: RunEnd | None = None
    ) -> tuple[str, str] | None:
        """Post the run's message, or edit it where there is one (at most every 3 s while it runs).

        The channel and timestamp of a message posted now, else None. `end` is what is said of a run that made a model.
        """

    async def show_pictures(self, workspace: str, run: Run) -> None:
        """Put the pictures of what a run found out into its message's thread."""

    async def show_history(
        self,
        workspace: str,
        channel: str,
        versions: Sequence[ModelVersion],
        *,
        live: int | None,
    ) -> bool:
        """Post the scores of versions over time as a picture; False where it could not be posted."""

    async def tell_digest(self, workspace: str, digest: Digest, news: News) -> bool:
        """Post a digest in its channel; False where that channel will take none any more."""

    async def tell_learned(self, workspace: str, learned: Learned) -> None:
        """Tell a person, in a message of their own, that a model finds what they corrected."""
