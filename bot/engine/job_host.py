"""Where a training's process runs: what the engine needs of any place, as a protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ner_engine.results import TrainingEvent


@dataclass(frozen=True, slots=True)
class PlacedJob:
    """A training whose files are written."""

    run_id: int
    folder: Path
    """Here, with job.json and gold.jsonl. Before its last event the host leaves `log` in it, and `model` where it
    succeeded."""
    project_id: int
    live_version: int | None


class JobHost(Protocol):
    """Lets trainings run somewhere. The run's row stays the truth of them: a host neither retries nor remembers."""

    def start(
        self, job: PlacedJob, *, hurry: asyncio.Event
    ) -> AbstractAsyncContextManager[AsyncIterator[TrainingEvent]]:
        """The events of a training, to its end. Leaving the block ends it, whatever it is doing (sooner where `hurry`
        is set). Raises JobLost where whoever ran it is gone."""

    async def leftovers(self) -> frozenset[int]:
        """Runs of which there is something elsewhere, at least those that are over."""

    async def discard(self, run_id: int) -> None:
        """Clear away what a run that is over left elsewhere, now or as soon as whoever is at it has let go."""
