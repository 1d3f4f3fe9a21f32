"""A job that a worker carries out, as its row has it."""

from dataclasses import dataclass
from enum import StrEnum

from ner_engine.results import Progress


class JobState(StrEnum):
    """Where a job is. Of the last three none becomes another one: an end is final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    """What came of it is among its objects."""
    LOST = "lost"
    """Its worker let go of it, or is gone."""
    CANCELLED = "cancelled"
    """Nobody waits for it any longer."""


class JobKind(StrEnum):
    """What a job does."""

    TRAINING = "training"
    PREDICTION = "prediction"
    """A shard of a bulk prediction."""
    RANKING = "ranking"
    """A shard of what a project's model is unsure of."""


ACTIVE = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """A job."""

    id: int
    workspace: str
    kind: JobKind
    folder: str
    """Under this key its objects are."""
    state: JobState
    run_id: int | None = None
    project_id: int | None = None
    worker: str = ""
    beat: int = 0
    """Counted up by every sign of life of the worker."""
    progress: Progress | None = None
    queue_id: int | None = None
    """Its number in the queue."""
