"""The database of NERBOT_DATA, and the project in it that a command line means."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.db.clock import DatabaseClock
from bot.db.database import Database, Store
from bot.domain.project import Project
from bot.errors import NotFound
from bot.projects.repositories.every_project import EveryProject
from bot.projects.repositories.projects import DEFAULT_NAME, Projects
from bot.settings import Settings, read_settings
from bot.slack.simulator import LOCAL_WORKSPACE


@dataclass(frozen=True, slots=True)
class Opened:
    """What a command line works on."""

    store: Store
    workspace: str
    project: Project | None
    """None where there is no such project yet."""
    name: str


@asynccontextmanager
async def open_project(name: str, workspace: str | None = None) -> AsyncIterator[Opened]:
    """Open the database and find the project. Raises NotFound, SettingsError, StoreUnavailable."""
    settings = read_settings()
    async with Database.open(settings.database) as database:
        store = Store(database, clock=await DatabaseClock.of(database))
        workspace = await _workspace(database, settings, workspace)
        async with store.reading(workspace) as tx:
            projects = await Projects(tx).all()
            default = await Projects(tx).default()
        folded = name.casefold()
        found = next((each for each in projects if each.name.casefold() == folded), None)
        if found is None and folded == DEFAULT_NAME:
            found = default
        yield Opened(store, workspace, found, name)


async def made(opened: Opened, *, person: str) -> tuple[Project, bool]:
    """The project, made now where it is not there yet; and whether it was."""
    if opened.project is not None:
        return opened.project, False
    async with opened.store.writing(opened.workspace) as tx:
        default = await Projects(tx).ensure_default()
        if opened.name.casefold() == DEFAULT_NAME:
            return default, True
        new = await Projects(tx).add(opened.name, person=person)
    if new is None:
        raise NotFound(f"there is no project {opened.name}, and its name is taken")
    return new, True


async def there(opened: Opened) -> Project:
    """The project. Raises NotFound with those that are there."""
    if opened.project is not None:
        return opened.project
    async with opened.store.reading(opened.workspace) as tx:
        names = ", ".join(each.name for each in await Projects(tx).all())
    raise NotFound(f"there is no project {opened.name}; there are: {names or 'none yet'}")


async def _workspace(database: Database, settings: Settings, named: str | None) -> str:
    if named is not None:
        return named
    found = sorted({workspace for workspace, _ in await EveryProject(database).all()})
    if len(found) == 1:
        return found[0]
    if not found and settings.mode == "playground":
        return LOCAL_WORKSPACE
    listed = ", ".join(found) or "none that has used nerbot yet"
    raise NotFound(f"name one workspace with --workspace; there are: {listed}")
