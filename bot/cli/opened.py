"""The database that the settings name, and the workspace and project in it that a command line means."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum

from bot.db.clock import DatabaseClock
from bot.db.database import Database, Store
from bot.db.served import EVERY_WORKSPACE, Served
from bot.domain.project import Project
from bot.errors import NotFound, SettingsError
from bot.projects.repositories.every_project import EveryProject
from bot.projects.repositories.projects import DEFAULT_NAME, Projects
from bot.settings import Settings, read_settings
from bot.slack.simulator import LOCAL_WORKSPACE


class Where(Enum):
    """What is opened where there is no database yet."""

    REFUSED = "refused"
    """Nothing: to look at what is in a database makes none."""
    MADE = "made"
    """A new one."""
    NOWHERE = "nowhere"
    """An empty one that is gone afterwards, for what only says what would be done."""


@dataclass(frozen=True, slots=True)
class OpenedDatabase:
    """A database with its clock."""

    settings: Settings
    database: Database
    clock: DatabaseClock
    serves: Served = EVERY_WORKSPACE
    """Whoever is on this machine sees all workspaces."""

    @property
    def store(self) -> Store:
        """Its transactions."""
        return Store(self.database, clock=self.clock)


def _is_there(settings: Settings) -> bool:
    return settings.database_url is not None or (settings.data / "nerbot.db").exists()


@asynccontextmanager
async def opened_database(missing: Where = Where.REFUSED) -> AsyncIterator[OpenedDatabase]:
    """Open the database that the settings name. Raises SettingsError, StoreUnavailable."""
    settings = read_settings()
    is_there = _is_there(settings)
    if not is_there and missing is Where.REFUSED:
        raise SettingsError(f"NERBOT_DATA: there is no database in {settings.data.absolute()}")
    with tempfile.TemporaryDirectory(prefix="nerbot-") as nowhere:
        url = settings.database
        if not is_there and missing is Where.NOWHERE:
            url = f"sqlite+aiosqlite:///{nowhere}/nerbot.db"
        async with Database.open(url) as database:
            yield OpenedDatabase(settings, database, await DatabaseClock.of(database))


@dataclass(frozen=True, slots=True)
class Opened:
    """What a command line works on."""

    settings: Settings
    store: Store
    workspace: str
    project: Project | None
    """None where there is no such project yet."""
    name: str


@asynccontextmanager
async def open_project(
    name: str, workspace: str | None = None, *, missing: Where = Where.REFUSED
) -> AsyncIterator[Opened]:
    """Open the database and find the project. Raises NotFound, SettingsError, StoreUnavailable."""
    async with opened_database(missing) as opened:
        store = opened.store
        workspace = await _workspace(opened.database, opened.settings, workspace)
        async with store.reading(workspace) as tx:
            projects = await Projects(tx).all()
            default = await Projects(tx).default()
        folded = name.casefold()
        found = next((each for each in projects if each.name.casefold() == folded), None)
        if found is None and folded == DEFAULT_NAME:
            found = default
        yield Opened(opened.settings, store, workspace, found, name)


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
    found = sorted(
        {workspace for workspace, _ in await EveryProject(database, EVERY_WORKSPACE).all()}
    )
    if named is not None and (named in found or not found):
        # In an empty database it is the one that will use nerbot.
        return named
    if named is not None:
        raise NotFound(f"there is no workspace {named}; there are: {', '.join(found)}")
    if len(found) == 1:
        return found[0]
    if not found and settings.mode == "playground":
        return LOCAL_WORKSPACE
    listed = ", ".join(found) or "none that has used nerbot yet"
    raise NotFound(f"name one workspace with --workspace; there are: {listed}")
