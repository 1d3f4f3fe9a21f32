"""Training: runs, models, schedules, and the commands of /train."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.domain.evaluation import Evaluation
from bot.domain.project import Gold, ProjectCounts

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
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `done` in 0..1, `f` the F1 so far in 0..1."""

    stage: str
    done: float
    step: int = 0
    steps: int = 0
    f: float | None = None
    seconds_left: float | None = None


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
    finished_at: datetime | None = None


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
    gold: tuple[Gold, ...]
    live_version: int | None


@dataclass(frozen=True, slots=True)
class Trained:
    """A training process left a verified model."""

    evaluation: Evaluation
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingFailed:
    """A training process ended without a model; the words are for people."""

    words: str


TrainingEvent = Progress | Trained | TrainingFailed

# The commands of /train.


@dataclass(frozen=True, slots=True)
class StartTraining:
    """`/train [preset] [with unfinished]`."""

    preset: str | None = None
    with_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """`/train status`."""


@dataclass(frozen=True, slots=True)
class CancelTraining:
    """`/train cancel` and [Cancel]."""

    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class SetSchedule:
    """`/train schedule …`: a cron line in a named time zone, with the words it was asked in."""

    cron: str
    timezone: str | None
    words: str


@dataclass(frozen=True, slots=True)
class ScheduleOff:
    """`/train schedule off`."""


TrainCommand = StartTraining | TrainingStatus | CancelTraining | SetSchedule | ScheduleOff


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a project trains by itself."""

    id: int
    project_id: int
    cron: str
    timezone: str
    words: str
    person: str
    channel: str
    next_due: datetime


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run was queued; its message follows in the channel."""

    run: Run
    type: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True)
class RunActive:
    """A run is already on its way; this is it."""

    run: Run
    type: Literal["run_active"] = "run_active"


@dataclass(frozen=True, slots=True)
class TrainingState:
    """The answer to `/train status`."""

    counts: ProjectCounts
    needed: int
    active: Run | None = None
    last: Run | None = None
    live: Model | None = None
    schedule: Schedule | None = None
    type: Literal["training_state"] = "training_state"


@dataclass(frozen=True, slots=True)
class RunCancelled:
    """The run was asked to stop."""

    run: Run
    type: Literal["run_cancelled"] = "run_cancelled"


@dataclass(frozen=True, slots=True)
class ScheduleSet:
    """The schedule that holds now."""

    schedule: Schedule
    type: Literal["schedule_set"] = "schedule_set"


@dataclass(frozen=True, slots=True)
class ScheduleRemoved:
    """Nothing trains by itself any more; `was` is what was switched off, if anything."""

    was: Schedule | None = None
    type: Literal["schedule_removed"] = "schedule_removed"


TrainAnswer = RunStarted | RunActive | TrainingState | RunCancelled | ScheduleSet | ScheduleRemoved
