"""Where a model says how unsure it is of many sentences, if not on this machine, as protocols."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.ranking import Candidate


class Scorer(Protocol):
    """Says how unsure one version is of many sentences."""

    def scores(
        self, pages: AsyncIterator[Sequence[Candidate]]
    ) -> AsyncGenerator[Sequence[Candidate] | None]:
        """The same pages with their uncertainties, as they come, in no order; None whenever none came for a while.
        A page is as much as is lost with a machine. Raises EngineUnavailable. To be closed by whoever leaves it."""


class ScoringHost(Protocol):
    """Lets other machines score. The sentences' rows stay the truth of what is scored: a host remembers nothing."""

    def open(
        self, workspace: str, project_id: int, version: int
    ) -> AbstractAsyncContextManager[Scorer]:
        """What one version says of a project's sentences; whoever opens it alone ranks the project. Leaving the block
        ends what is under way elsewhere. Raises StoreUnavailable, EngineUnavailable."""

    async def clear_away(self) -> None:
        """Remove what is left of projects that nobody ranks any more."""
