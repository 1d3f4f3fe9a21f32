"""The team: who may do what, which project a channel uses, its labels, and the commands of /nerbot."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.project import DescribedLabel, Project
from bot.domain.roles import Role
from bot.projects.commands import ChangeSettings, NewProject, ProjectShown, ShowProject, UseProject
from bot.team.values.flags import FlagsShown, SettleFlags, ShowFlags
from bot.team.values.history import HistoryPage, ShowHistory, Undone, UndoStep
from bot.team.values.review import (
    NextDispute,
    NoDispute,
    NoteDecision,
    NoteKept,
    Reviewing,
    ReviewMyself,
    TakeVersion,
    YoursToLabel,
)
from bot.team.values.stats import ShowStats, TeamStats

# The commands of /nerbot, as nerbot_words.py reads them.


@dataclass(frozen=True, slots=True)
class ShowLabels:
    """`/nerbot labels`."""


@dataclass(frozen=True, slots=True)
class DescribeLabel:
    """`/nerbot labels describe SYMPTOM what a patient feels`; no words take the description away."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class AddLabel:
    """`/nerbot labels add SYMPTOM what a patient feels`."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ChangeLabels:
    """`/nerbot labels rename OLD NEW` and `labels merge A B`: `old` becomes `new` everywhere."""

    old: str
    new: str
    merge: bool = False


@dataclass(frozen=True, slots=True)
class ShowRoles:
    """`/nerbot roles`."""


@dataclass(frozen=True, slots=True)
class GiveRole:
    """`/nerbot roles owner @person`, `roles reviewer @person`, `roles remove @person`."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class Confirm:
    """The button that says yes to what was asked, under its opaque id."""

    offer: str


@dataclass(frozen=True, slots=True)
class Decline:
    """The button that leaves all as it is."""

    offer: str


TeamCommand = (
    ShowLabels
    | DescribeLabel
    | AddLabel
    | ChangeLabels
    | ShowProject
    | NewProject
    | UseProject
    | ChangeSettings
    | ShowRoles
    | GiveRole
    | Confirm
    | Decline
    | ShowStats
    | NextDispute
    | TakeVersion
    | ReviewMyself
    | NoteDecision
    | ShowHistory
    | UndoStep
    | ShowFlags
    | SettleFlags
)

# What /nerbot answers.


@dataclass(frozen=True, slots=True)
class LabelsShown:
    """The labels of a project."""

    project: Project
    labels: tuple[DescribedLabel, ...]
    type: Literal["labels_shown"] = "labels_shown"


@dataclass(frozen=True, slots=True)
class LabelKept:
    """A label was added or described anew."""

    name: str
    description: str
    is_new: bool
    was: str = ""
    """The description before."""
    near: str | None = None
    """A label that was there and that the new one is one slip away from."""
    type: Literal["label_kept"] = "label_kept"


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """A question before labels are renamed or merged, with what it would touch."""

    change: ChangeLabels
    sentences: int
    offer: str
    type: Literal["change_asked"] = "change_asked"


@dataclass(frozen=True, slots=True)
class LabelsChanged:
    """A label was renamed or merged into another in so many sentences."""

    change: ChangeLabels
    sentences: int
    event_id: int
    settled: int = 0
    """Sentences people disagreed on that they agree on now."""
    live_version: int | None = None
    """The live model, where it still says the old name."""
    type: Literal["labels_changed"] = "labels_changed"


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """The person chose to leave all as it is."""

    type: Literal["left_alone"] = "left_alone"


@dataclass(frozen=True, slots=True)
class RolesShown:
    """Who may do what; `changed` is the person whose role was changed just now."""

    owners: tuple[str, ...]
    reviewers: tuple[str, ...]
    changed: str | None = None
    role: Role = Role.LABELLER
    type: Literal["roles_shown"] = "roles_shown"


TeamAnswer = (
    LabelsShown
    | LabelKept
    | ChangeAsked
    | LabelsChanged
    | LeftAlone
    | ProjectShown
    | RolesShown
    | TeamStats
    | Reviewing
    | NoDispute
    | NoteKept
    | YoursToLabel
    | FlagsShown
    | HistoryPage
    | Undone
)


@dataclass(frozen=True, slots=True)
class TeamReply:
    """An answer of /nerbot; `first_owner` where the person became the workspace's first owner by asking."""

    answer: TeamAnswer
    first_owner: bool = False
    undo: int | None = None
    """The event that [Undo] takes back, where something was changed."""
    type: Literal["team"] = "team"
