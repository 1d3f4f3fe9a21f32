"""Training: runs, their progress and scores, and the models they make."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ner_engine.results import Evaluation, Progress

MIN_FINISHED = 10
"""Finished sentences a first training needs: fewer leave a fold of the cross-validation without an entity."""


class RunState(StrEnum):
    """Where a training is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


ACTIVE_STATES = (RunState.QUEUED, RunState.RUNNING)


class RunReason(StrEnum):
    """Why a training began."""

    COMMAND = "command"
    SCHEDULE = "schedule"
    AUTO = "auto"
    """So many sentences were newly finished."""
    RETRY = "retry"
    FORGET = "forget"
    """The live model knows something that was to be forgotten."""
    IMPORT = "import"
    """Nothing was trained here: the model came as a package."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A training somebody or something asks for; `slot` is the due time of a schedule, claimed once."""

    project_id: int
    reason: RunReason
    preset: str
    person: str
    channel: str
    seed: int = 0
    attempt: int = 1
    retry_of: int | None = None
    schedule_id: int | None = None
    slot: datetime | None = None
    with_unfinished: bool = False
    request: str | None = None
    """Slack's id of the request that asked for it; one request begins one run."""
    message: str | None = None
    message_channel: str | None = None
    """Where the run that is tried again was followed: the retry goes on in the same message."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training."""

    id: int
    project_id: int
    number: int
    state: RunState
    reason: RunReason
    preset: str
    person: str
    channel: str
    created_at: datetime
    seed: int = 0
    attempt: int = 1
    retry_of: int | None = None
    sentences: int = 0
    message: str | None = None
    """Slack's timestamp of the message that follows this run, and `message_channel` where it is."""
    message_channel: str | None = None
    progress: Progress | None = None
    evaluation: Evaluation | None = None
    failure: str | None = None
    version: int | None = None
    """The model it made."""
    went_live: bool = False
    with_unfinished: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    waits_for: int = 0
    """How many other trainings have to end before a queued one begins."""
    fingerprint: str | None = None
    """The hash of what it learned from."""
    cancelled_by: str | None = None
    """Whoever cancelled it, or made it end by deleting what it learned from."""

    @property
    def seconds(self) -> float | None:
        """How long it trained; None while it goes on, and where it never began."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Model:
    """A numbered version of a project's trained pipeline."""

    project_id: int
    version: int
    labels: tuple[str, ...]
    created_at: datetime
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What a training process is given."""

    run_id: int
    project_id: int
    preset: str
    seed: int
    live_version: int | None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LearnedFrom:
    """What a run learns from, as it was written for its process."""

    finished: int
    fingerprint: str
