"""The commands of /train about trainings, their answers, and when a project trains automatically."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.domain.project import ProjectCounts
from bot.domain.runs import Model, Run


class Whereabouts(StrEnum):
    """Where a run's message is."""

    CHANNEL = "channel"
    PERSON = "person"
    """Slack does not let nerbot post where the run was asked for."""
    LATER = "later"
    """Slack has not taken it yet."""
    NOWHERE = "nowhere"
    """Slack takes it neither there nor in a direct message."""


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
    often: bool = False
    """More often than hourly, as was asked and answered."""


@dataclass(frozen=True, slots=True)
class ChooseZone:
    """`/train timezone Europe/Berlin`, and the menu below a schedule; None asks which it is."""

    zone: str | None


@dataclass(frozen=True, slots=True)
class ScheduleOff:
    """`/train schedule off`."""


@dataclass(frozen=True, slots=True)
class SetAutoTraining:
    """`/train auto 50`: after every so many newly finished sentences."""

    every: int


@dataclass(frozen=True, slots=True)
class AutoTrainingOff:
    """`/train auto off`."""


@dataclass(frozen=True, slots=True)
class TrainingTimes:
    """`/train when`."""


@dataclass(frozen=True, slots=True)
class TrainingHistory:
    """`/train history`, from the run with the number `up_to` backwards; from the newest where it is None."""

    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a project trains automatically."""

    id: int
    project_id: int
    cron: str
    timezone: str
    words: str
    person: str
    channel: str
    next_due: datetime


@dataclass(frozen=True, slots=True)
class AutoTraining:
    """A project trains after `every` newly finished sentences, counted from the `base` of the last training."""

    id: int
    project_id: int
    every: int
    base: int
    person: str
    channel: str
    finished: int
    """How many sentences are finished by now, each by as many people as the project wants."""

    @property
    def left(self) -> int:
        """How many more have to be finished until it trains."""
        return max(0, self.every - (self.finished - self.base))


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run was queued; where its message is."""

    run: Run
    told: Whereabouts = Whereabouts.CHANNEL
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
    auto: AutoTraining | None = None
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
    assumed: bool = False
    """The time zone is the bot's own, because nobody said which is the person's."""
    type: Literal["schedule_set"] = "schedule_set"


@dataclass(frozen=True, slots=True)
class ScheduleAsked:
    """Whether it is meant to be more often than hourly."""

    words: str
    cron: str
    zone: str
    minutes: int
    """The shortest time between two trainings."""


@dataclass(frozen=True, slots=True)
class ZoneShown:
    """A person's time zone, and the schedule of theirs that is read in it from now on."""

    zone: str
    assumed: bool = False
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class ScheduleRemoved:
    """Nothing trains automatically any more; `was` is what was switched off, if anything."""

    was: Schedule | None = None
    type: Literal["schedule_removed"] = "schedule_removed"


@dataclass(frozen=True, slots=True)
class AutoTrainingSet:
    """The project trains automatically after so many sentences."""

    auto: AutoTraining
    type: Literal["auto_set"] = "auto_set"


@dataclass(frozen=True, slots=True)
class AutoTrainingRemoved:
    """The project no longer trains by the number of sentences; `was` is what was switched off, if anything."""

    was: AutoTraining | None = None
    type: Literal["auto_removed"] = "auto_removed"


@dataclass(frozen=True, slots=True)
class ComingTrainings:
    """The answer to `/train when`: the next times of the schedule, and what is left until `auto`."""

    schedule: Schedule | None = None
    times: tuple[datetime, ...] = ()
    auto: AutoTraining | None = None
    same_as: Run | None = None
    """The training that learned from the very sentences that are finished now: a scheduled one would leave out."""
    type: Literal["coming_trainings"] = "coming_trainings"


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some runs, newest first: `newest` is the highest number there is, `size` how many make a page."""

    runs: tuple[Run, ...]
    newest: int
    size: int
    timezone: str
    type: Literal["run_page"] = "run_page"
