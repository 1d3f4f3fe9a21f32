"""The data folder and the database, as a start finds or makes them."""

from contextlib import AsyncExitStack

from bot.db.clock import DatabaseClock
from bot.db.database import Database
from bot.db.records.totals import Totals
from bot.db.served import EVERY_WORKSPACE
from bot.db.transactions import PATIENCE
from bot.errors import ObjectsUnavailable, SettingsError, StoreUnavailable
from bot.settings import Settings
from bot.shelf.opening import open_shelf
from bot.shelf.ports import ModelShelf


def make_folder(settings: Settings) -> None:
    """Make the data folder; raises SettingsError."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"NERBOT_DATA: the folder cannot be made ({error.strerror})") from error


async def open_database(
    settings: Settings, stack: AsyncExitStack
) -> tuple[Database, DatabaseClock]:
    """Open the database until the stack is closed, and read its clock; raises SettingsError."""
    named = "NERBOT_DATABASE_URL" if settings.database_url else "NERBOT_DATA"
    try:
        database = await stack.enter_async_context(
            Database.open(settings.database, patience=PATIENCE * settings.patience)
        )
        return database, await DatabaseClock.of(database)
    except SettingsError as error:
        raise SettingsError(f"{named}: {error}") from error
    except StoreUnavailable as error:
        raise SettingsError(f"{named}: the database does not open: {error}") from error
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{named}: it needs the package {error.name}: .venv/bin/pip install {error.name}"
        ) from error


async def open_models(settings: Settings) -> ModelShelf:
    """Where the models are kept, without what was arriving when the process before was killed; raises SettingsError.

    A store that does not answer keeps nobody from labelling: that is told by the first look at what is in it.
    """
    try:
        shelf = open_shelf(settings.data, settings.models)
    except (SettingsError, ObjectsUnavailable) as error:
        raise SettingsError(f"NERBOT_MODELS: {error}") from error
    await shelf.open()
    return shelf


async def refuse_a_lost_database(settings: Settings, database: Database, shelf: ModelShelf) -> None:
    """Models without the database that names them are no fresh start: it was lost, or another one is meant."""
    if settings.empty_database or not await Totals(database, EVERY_WORKSPACE).is_empty():
        return
    try:
        is_new = await shelf.is_empty()
    except ObjectsUnavailable as error:
        raise SettingsError(f"NERBOT_MODELS: {error}") from error
    if not is_new:
        named = "NERBOT_DATABASE_URL" if settings.database_url else "NERBOT_DATA"
        place = settings.models if shelf.is_shared else "the data folder"
        raise SettingsError(
            f"{named}: the database is empty, but there are models of another one in {place}. Restore the "
            "database, or set NERBOT_EMPTY_DATABASE=true to start without what was in it"
        )
