"""The commands of /nerbot project and /nerbot roles, and what they answer."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.project import Project
from bot.domain.roles import Role
from bot.projects.values import ProjectSettings


@dataclass(frozen=True, slots=True)
class ShowProject:
    """`/nerbot project`: which one this channel uses."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """`/nerbot project new NAME [language german]`."""

    name: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class UseProject:
    """`/nerbot project use NAME`: binds this channel."""

    name: str


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """`/nerbot project settings annotations 2 closed`; what is None stays as it is."""

    annotations_per_sentence: int | None = None
    random_share: float | None = None
    """In 0..1."""
    second_share: float | None = None
    """In 0..1."""
    confidence: float | None = None
    """In 0..1."""
    is_open: bool | None = None
    guests: bool | None = None
    language: str | None = None
    message_days: int | None = None
    rereads: bool | None = None
    redacts: str | None = None
    """Labels as they were typed, with commas between them; empty for none."""


@dataclass(frozen=True, slots=True)
class ProjectShown:
    """The project this channel uses, those the person may see, and its settings."""

    project: Project
    bound: bool
    """False where the channel uses the default project because nobody chose one."""
    others: tuple[Project, ...]
    settings: ProjectSettings | None = None
    did: Literal["shown", "made", "bound", "set"] = "shown"
    type: Literal["project_shown"] = "project_shown"


@dataclass(frozen=True, slots=True)
class ShowRoles:
    """`/nerbot roles`."""


@dataclass(frozen=True, slots=True)
class GiveRole:
    """`/nerbot roles owner @person`, `roles reviewer @person`, `roles remove @person`."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class RolesShown:
    """Who can do what; `changed` is the person whose role was changed just now."""

    owners: tuple[str, ...]
    reviewers: tuple[str, ...]
    changed: str | None = None
    role: Role = Role.LABELLER
    type: Literal["roles_shown"] = "roles_shown"
