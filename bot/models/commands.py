"""The versions of a project, which of them is live, and the commands of /nerbot models."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.evaluation import LivePolicy
from bot.domain.models import LiveMove, ModelVersion, WhyLive
from bot.domain.project import Gold, Project

# The commands of /nerbot models and its buttons.


@dataclass(frozen=True, slots=True)
class ShowModels:
    """`/nerbot models`, from the newest or from before a version."""

    before: int | None = None


@dataclass(frozen=True, slots=True)
class CompareModels:
    """`/nerbot models compare 3 5`."""

    one: int
    two: int
    start: int = 0
    """The first difference that is shown."""


@dataclass(frozen=True, slots=True)
class ExportModel:
    """`/nerbot models export 3`; without a number the live one."""

    version: int | None = None


@dataclass(frozen=True, slots=True)
class GoLive:
    """`/nerbot models live 4`; from a run's message it names the run."""

    version: int | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class RollBack:
    """`/nerbot models rollback`; a button names the version that is to be live no more, [Undo] of a run the run."""

    version: int | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """`/nerbot models policy better`."""

    policy: LivePolicy


@dataclass(frozen=True, slots=True)
class LookAt:
    """[Look at these 6] beside a finding of a run."""

    run_id: int
    finding: int


@dataclass(frozen=True, slots=True)
class PostScores:
    """[Post the scores here as a picture]."""


# What they answer.


@dataclass(frozen=True, slots=True)
class ModelsShown:
    """A page of the versions, newest first."""

    project: Project
    versions: tuple[ModelVersion, ...]
    live: LiveMove | None
    policy: LivePolicy
    older: int | None = None
    """The version the next page begins before; None on the last."""
    first: bool = True
    has_picture: bool = False
    """There are scores to be compared in one."""


@dataclass(frozen=True, slots=True)
class PackageBegun:
    """A version becomes a package; whoever asked gets it by direct message."""

    version: int


@dataclass(frozen=True, slots=True)
class LiveMoved:
    """Another version is live now."""

    project_id: int
    version: int
    before: int | None
    why: WhyLive
    type: Literal["live_moved"] = "live_moved"


@dataclass(frozen=True, slots=True)
class PolicySet:
    """When new models go live automatically from now on."""

    policy: LivePolicy
    type: Literal["policy_set"] = "policy_set"


@dataclass(frozen=True, slots=True)
class ScoresPosted:
    """The picture of the scores was posted."""

    type: Literal["scores_posted"] = "scores_posted"


@dataclass(frozen=True, slots=True)
class SentencesShown:
    """Sentences to look at, as training uses them."""

    words: str
    sentences: tuple[Gold, ...]
    missing: int = 0
