"""What the doctor looks at in the database and among the models' files; it changes neither."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.cli.doctor.findings import Finding, failed, ok, warning
from bot.cli.doctor.installing import check_keys
from bot.cli.doctor.workers import check_workers
from bot.cli.opened import opened_database
from bot.db.database import Database
from bot.db.migrations import HEAD, Schema
from bot.db.revision import schema_of
from bot.db.snapshot import sqlite_file
from bot.errors import NerbotError
from bot.models.repositories.catalogue import ListedModel, ModelCatalogue
from bot.shelf.opening import open_shelf
from ner_engine.errors import EngineError

if TYPE_CHECKING:
    from bot.settings import Settings


async def check_store(settings: "Settings") -> AsyncIterator[Finding]:
    """The database, its migrations, its locks, the workers and the models."""
    try:
        file = sqlite_file(settings.database)
        if file is not None and not file.exists():
            yield ok("database", f"there is none yet; nerbot run makes {file}")
            return
        schema = await schema_of(settings.database)
    except NerbotError as error:
        named = "NERBOT_DATABASE_URL" if settings.database_url else "NERBOT_DATA"
        yield failed("database", f"{named}: {error}", "see whether it runs and may be used")
        return
    yield ok("database", "it answers")
    if schema.revision is None:
        yield ok("migrations", "it is empty; nerbot run makes the tables")
        return
    if schema.revision != HEAD:
        yield _apart(schema)
        if not (schema.is_newer and schema.is_usable):
            return
    else:
        yield ok("migrations", f"all are applied, up to {HEAD}")
    async with opened_database() as opened:
        async for finding in _check_opened(settings, opened.database):
            yield finding


async def _check_opened(settings: "Settings", database: Database) -> AsyncIterator[Finding]:
    """What only an open database shows."""
    if database.is_server:
        yield _locks(binds=await database.is_locked())
    if settings.is_installable:
        async for finding in check_keys(settings, database):
            yield finding
    async for finding in check_workers(settings, database):
        yield finding
    async for finding in _check_models(settings, database):
        yield finding


def _locks(*, binds: bool) -> Finding:
    if binds:
        return ok("row-level security", "it binds the database's role")
    told = "the database's role is a superuser or has BYPASSRLS, so the second lock between workspaces is open"
    then = "make an ordinary role for nerbot: docs/scale.md, Two locks"
    return warning("row-level security", told, then)


def _apart(schema: Schema) -> Finding:
    told = f"the database is at {schema.revision}, this nerbot at {HEAD}"
    if schema.is_newer and schema.is_usable:
        then = "nothing while an upgrade runs; afterwards start the newer nerbot"
        return warning("migrations", f"{told}, which can use it", then)
    if not schema.is_newer:
        then = "nerbot backup makes a copy, nerbot run then brings it to the newest form"
        return warning("migrations", told, then)
    return failed("migrations", told, "start the newer nerbot, or restore an older backup")


async def _check_models(settings: "Settings", database: Database) -> AsyncIterator[Finding]:
    models = await ModelCatalogue(database).all()
    shelf, wrong = open_shelf(settings.data, settings.models), 0
    for model in models:
        try:
            await shelf.verify(model.project_id, model.version)
        except (EngineError, NerbotError, OSError) as error:
            wrong += 1
            yield _broken(model, error)
    if not wrong:
        yield ok("models", f"{len(models):,} are there, each as it was saved")


def _broken(model: ListedModel, error: Exception) -> Finding:
    told = f"model {model.version} of {model.project}: {error}"
    if model.is_live:
        then = "bring its folder back from a backup, or /train makes its successor"
        return failed("models", told, then)
    return warning("models", told, "it cannot go live; bring its folder back from a backup")
