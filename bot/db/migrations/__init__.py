"""The steps from each schema to the next, applied when the database is opened."""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StoreUnavailable

#: The newest revision. A start whose database has it does not import Alembic.
HEAD = "0045"

_LOCK = 0x6E6572626F74  # "nerbot": processes that start at once migrate one after the other


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the database to HEAD, as a whole or not at all."""
    async with engine.connect() as connection:
        if await connection.run_sync(current) == HEAD:
            return
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)


def current(connection: Connection) -> str | None:
    """The revision the database has, None for an empty one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see HEAD
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(
            "the database was written by a newer nerbot; start that version"
        ) from error
    if connection.dialect.name == "sqlite":
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    # References are not enforced while tables are rebuilt, so they are checked before the commit.
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StoreUnavailable(
            "a migration would leave rows that refer to nothing; nothing was changed"
        )
