"""The labels of a project: the commands of /nerbot labels, and what they answer."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.project import DescribedLabel, Project


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
class Confirm:
    """The button that says yes to what was asked, under its opaque id."""

    offer: str


@dataclass(frozen=True, slots=True)
class Decline:
    """The button that leaves all as it is."""

    offer: str


@dataclass(frozen=True, slots=True)
class LabelsShown:
    """The labels of a project."""

    project: Project
    labels: tuple[DescribedLabel, ...]
    type: Literal["labels_shown"] = "labels_shown"


@dataclass(frozen=True, slots=True)
class LabelKept:
    """A label was added or described again."""

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
