"""What the registry of models needs from the store, as a protocol."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.evaluation import LivePolicy
from bot.domain.registry import LiveMove, ModelVersion, WhyLive
from bot.domain.training import Model


class Models(Protocol):
    """The versions of a project and which of them is live."""

    async def next_version(self, project_id: int) -> int:
        """One more than the highest version there ever was."""

    async def add(self, model: Model, *, run_id: int) -> None:
        """Name a version whose files are in place."""

    async def live(self, project_id: int) -> Model | None:
        """The live model, with its scores."""

    async def live_version(self, project_id: int) -> int | None:
        """Which version is live."""

    async def live_since(self, project_id: int) -> datetime | None:
        """When the live model went live; None where that was not noted."""

    async def all_live(self) -> tuple[tuple[int, int], ...]:
        """Each project of the workspace that has a live version, with it."""

    async def set_live(
        self,
        project_id: int,
        version: int,
        *,
        expected: int | None,
        person: str,
        why: WhyLive = WhyLive.TRAINING,
        request: str | None = None,
    ) -> bool:
        """Move the live pointer if it still points at `expected`; an event says who moved it and why. False, too,
        where there is no such version, or its files are gone or damaged."""

    async def versions(
        self, project_id: int, *, limit: int | None = None, before: int | None = None
    ) -> tuple[ModelVersion, ...]:
        """Versions, newest first."""

    async def version(self, project_id: int, number: int) -> ModelVersion | None:
        """One version."""

    async def moves(
        self, project_id: int, *, since: datetime | None = None
    ) -> tuple[LiveMove, ...]:
        """The moves of the live pointer, newest first."""

    async def mark_damaged(self, project_id: int, version: int) -> None:
        """Note that a version's files are not what was saved; it does not go live again."""

    async def mark_gone(self, project_id: int, versions: Sequence[int]) -> None:
        """Note that the files of these versions are being cleared away."""

    async def policy(self, project_id: int) -> LivePolicy:
        """When a new model goes live by itself."""

    async def set_policy(self, project_id: int, policy: LivePolicy, *, person: str) -> None:
        """Let new models go live so from now on; an event says who changed it."""
