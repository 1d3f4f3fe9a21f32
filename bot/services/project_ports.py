"""What is needed from the store about projects and their labels, as protocols."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.project import DescribedLabel, Label, Project
from bot.domain.queue import ProjectSettings


class Projects(Protocol):
    """The projects of the workspace."""

    async def default(self) -> Project | None:
        """The workspace's default project, None before its first use."""

    async def ensure_default(self) -> Project:
        """The default project, made now if this is its first use."""

    async def of_channel(self, channel: str) -> Project | None:
        """The project a channel uses: the one it is bound to, else the default one."""

    async def ensure(self, channel: str) -> Project:
        """The same; the default project is made now if this is its first use."""

    async def bound(self, channel_name: str) -> int | None:
        """The project this channel is bound to, None where it uses the default one unasked."""

    async def all(self) -> tuple[Project, ...]:
        """Every project, oldest first."""

    async def add(self, name: str, *, person: str) -> Project | None:
        """Make a project; None where the name is taken."""

    async def bind(
        self,
        project_id: int,
        channel_name: str,
        *,
        to: int | None,
        person: str,
        undoes: int | None = None,
    ) -> None:
        """Let a channel use a project, None for the default one; `project_id` has it in its record."""

    async def settings(self, project_id: int) -> ProjectSettings:
        """What the project is asked to do differently; raises NotFound."""

    async def change_settings(
        self,
        project_id: int,
        after: ProjectSettings,
        *,
        person: str,
        undoes: int | None = None,
    ) -> ProjectSettings:
        """Let the project do so from now on; an event says who changed what. What held before; raises NotFound."""


class Labels(Protocol):
    """The labels of a project."""

    async def all(self, project_id: int) -> tuple[Label, ...]:
        """Every label by name."""

    async def add(self, project_id: int, name: str, *, person: str, description: str = "") -> bool:
        """Create a label; False where it exists."""

    async def remove(self, project_id: int, name: str, *, person: str, undoes: int) -> bool:
        """Take back that a label was added; False where a phrase carries it, or it is gone."""

    async def describe(
        self,
        project_id: int,
        name: str,
        description: str,
        *,
        person: str,
        undoes: int | None = None,
    ) -> str | None:
        """Say what a label means; what was said before, None where there is no such label."""

    async def described(self, project_id: int) -> tuple[DescribedLabel, ...]:
        """Every label by name, with what it means and the phrases that carried it most often of late."""

    async def sentences_with(self, project_id: int, name: str) -> int:
        """Sentences in which anybody's span has this label."""

    async def rename(
        self, project_id: int, old: str, new: str, *, person: str, undoes: int | None = None
    ) -> int | None:
        """Give a label a new name everywhere; the event's id, None where there is no `old`, or `new` is taken."""

    async def merge(self, project_id: int, old: str, new: str, *, person: str) -> int | None:
        """Make `old` another name of what `new` is, everywhere; the event's id, None where one is not there."""

    async def split(
        self, project_id: int, event_id: int, old: str, new: str, *, description: str, person: str
    ) -> tuple[int, ...]:
        """Take a merge of `old` into `new` back. Nothing is changed where later steps touched what it had changed:
        these sentences are returned."""

    async def changed_since(self, project_id: int, event_id: int, *names: str) -> bool:
        """Whether a later rename or merge that still holds was about one of these labels."""

    async def renamed(self, project_id: int) -> Mapping[str, str]:
        """What labels that are there no more are called now: a model trained before says those."""
