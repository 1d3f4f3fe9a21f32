"""The live model of a project on this machine, and the key of its pseudonyms."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.cli.opened import open_project, there
from bot.errors import NotFound
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.redaction.repository import Redactions
from bot.shelf.opening import open_shelf


@dataclass(frozen=True, slots=True)
class ProjectModel:
    """The folder of a live model, what its labels are called now, and the project's key."""

    folder: Path
    names: Mapping[str, str]
    key: bytes


async def model_of(name: str, workspace: str | None, *, new_key: bool) -> ProjectModel:
    """The live model of a project. Raises NotFound before there is one, SettingsError, StoreUnavailable."""
    async with open_project(name, workspace) as opened:
        project = await there(opened)
        async with opened.store.reading(opened.workspace) as tx:
            live = await Projects(tx).live_version(project.id)
            names = await Labels(tx).renamed(project.id)
        if live is None:
            raise NotFound(f"The project {project.name} has no model yet; /train makes one.")
        async with opened.store.writing(opened.workspace) as tx:
            keys = Redactions(tx)
            key = await (keys.renew_key if new_key else keys.ensure_key)(project.id)
        shelf = open_shelf(opened.settings.data, opened.settings.models)
        folder = await shelf.fetch(project.id, live)
        return ProjectModel(folder, names, key)
