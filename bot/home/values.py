"""App Home: what one person sees of a project at a glance."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.domain.project import Project, ProjectCounts
from bot.domain.runs import ACTIVE_STATES, Model, Run
from bot.health.values import HealthBrief
from bot.training.commands import AutoTraining, Schedule
from bot.watching.values import WatchTotals


class NextStep(StrEnum):
    """What would help most now."""

    START = "start"
    """nerbot is not ready yet."""
    WAIT = "wait"
    """A training runs."""
    BRING = "bring"
    """There is nothing to label."""
    BEGIN = "begin"
    """A first training needs more finished sentences."""
    TRAIN = "train"
    ASK = "ask"
    REVIEW = "review"
    """People disagree, and this person decides."""
    TRAIN_AGAIN = "train_again"
    LABEL = "label"
    REST = "rest"
    """Nothing waits."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """A project as one person's Home shows it."""

    counts: ProjectCounts
    needed: int
    waiting: int = 0
    labels: tuple[str, ...] = ()
    asked: bool = False
    recent: tuple[Run, ...] = ()
    """The newest trainings, the newest first."""
    live: Model | None = None
    live_since: datetime | None = None
    live_run: Run | None = None
    schedule: Schedule | None = None
    auto: AutoTraining | None = None
    project: Project | None = None
    projects: tuple[Project, ...] = ()
    """All of the workspace."""
    undelivered: int = 0
    """Messages that were given up, for owners alone."""
    starting: bool = False
    """Sentences may still be put in."""
    disputed: int = 0
    flagged: int = 0
    """What waits for reviewers, for them alone."""
    watched: WatchTotals | None = None
    """What watched channels have brought; None where there are none."""
    health: HealthBrief = field(default_factory=HealthBrief)
    """How the live model does on them."""

    @property
    def active(self) -> Run | None:
        """The training that runs."""
        return next((run for run in self.recent if run.state in ACTIVE_STATES), None)

    @property
    def new_since(self) -> int:
        """Sentences finished beyond those the live model has learned from."""
        return max(0, self.counts.finished - self.live_run.sentences) if self.live_run else 0

    @property
    def started(self) -> bool:
        """All three steps to start are done."""
        return self.counts.finished >= self.needed and self.live is not None and self.asked


@dataclass(frozen=True, slots=True)
class ProjectChosen:
    """The project a person's Home and direct messages are about from now on."""

    project_id: int
    type: Literal["project_chosen"] = "project_chosen"
