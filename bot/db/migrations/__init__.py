"""The steps from each schema to the next, applied when the database is opened or by `nerbot migrate`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.migrations.online import OnlineIndex, build_online
from bot.db.migrations.references import broken_reference, noting_what_is_written
from bot.db.row_security import EVERY, secure_tables, showing
from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision. A start whose database has it does not import Alembic.
HEAD = "0052"
#: The oldest revision whose nerbot may still run on the newest schema. It is raised by a contract alone: see
#: docs/scale.md.
COMPATIBLE_FROM = "0050"

LOCK_SECONDS = 5
"""How long a migration waits for a table that is in use, before it lets those go on who wait behind it."""
TRIES = 10
PAUSE_SECONDS = 2.0
_LOCK = 0x6E6572626F74  # "nerbot": processes that start at once migrate one after the other
_IN_USE = {"55P03", "40P01"}
"""A table was locked for longer than we wait, or each waited for the other."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Schema:
    """What a database says of its form."""

    revision: str | None
    """None for an empty one."""
    compatible_from: str | None = None
    """The oldest revision whose nerbot may use it; None where it does not say."""

    @property
    def is_newer(self) -> bool:
        """Whether a newer nerbot has migrated it."""
        return self.revision is not None and self.revision > HEAD

    @property
    def is_usable(self) -> bool:
        """Whether this nerbot may use it: what a newer one added is not in its way."""
        return not self.is_newer or (
            self.compatible_from is not None and self.compatible_from <= HEAD
        )


async def upgrade(engine: AsyncEngine) -> tuple[str, ...]:
    """Bring the database to HEAD, each step as a whole or not at all, and leave one of a newer nerbot as it is.

    The revisions that were applied. Raises StoreUnavailable.
    """
    async with engine.connect() as connection:
        found = await connection.run_sync(read_schema)
    if found.revision == HEAD:
        return ()
    _refuse_unusable(found)
    if found.is_newer:
        log.warning("the database is at %s, newer than %s; it can be used", found.revision, HEAD)
        return ()
    for tries_left in reversed(range(TRIES)):
        try:
            return await _apply(engine)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_USE or not tries_left:
                raise
        log.warning("a table is in use; the migration is tried again (%d tries left)", tries_left)
        await asyncio.sleep(PAUSE_SECONDS)
    raise AssertionError("the last try ends the loop")


def read_schema(connection: Connection) -> Schema:
    """The form of the database at the other end of a connection."""

    def only(table: str, column: str) -> str | None:
        if not connection.dialect.has_table(connection, table):
            return None
        found: str | None = connection.scalar(text(f"SELECT {column} FROM {table}"))  # noqa: S608  # nosec B608
        return found

    revision = only("alembic_version", "version_num")
    if revision is None or revision <= HEAD:
        return Schema(revision)
    return Schema(revision, only("schema_compatibility", "compatible_from"))


def pending(revision: str | None) -> tuple[str, ...]:
    """The revisions after this one, in their order."""
    return tuple(script for script, _ in _scripts(revision))


async def _apply(engine: AsyncEngine) -> tuple[str, ...]:
    """Each revision that builds an index of a table in use is a step of its own: the index is there before it."""
    async with engine.connect() as connection:
        before = (await connection.run_sync(read_schema)).revision
    scripts = _scripts(before)
    found: list[str | None] = []
    if before is not None and engine.dialect.name == "postgresql":
        previous = before
        for revision, indexes in scripts:
            if indexes:
                found.append(await _migrate(engine, previous))
                await build_online(engine, indexes)
            previous = revision
    found.append(await _migrate(engine, HEAD))
    return tuple(revision for revision, _ in scripts if revision > (found[0] or ""))


async def _migrate(engine: AsyncEngine, target: str) -> str | None:
    async with _alone(engine) as connection:
        return await connection.run_sync(_run_alembic, target)


@asynccontextmanager
async def _alone(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction in which nobody else migrates; whoever comes second waits, and finds nothing left to do."""
    while True:
        async with engine.begin() as connection:
            if await _has_turn(connection):
                yield connection
                return
        await asyncio.sleep(0.2)


async def _has_turn(connection: AsyncConnection) -> bool:
    if connection.dialect.name != "postgresql":
        return True
    # Asked for again and again, not waited for: who waits in a statement holds up indexes that are built beside it.
    turn = text("SELECT pg_try_advisory_xact_lock(:lock)")
    if not await connection.scalar(turn, {"lock": _LOCK}):
        return False
    await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    await connection.execute(select(showing(EVERY)))
    return True


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see HEAD

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts(after: str | None) -> list[tuple[str, tuple[OnlineIndex, ...]]]:
    """The revisions after one, with the indexes that each builds beside those who write."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see HEAD

    directory = ScriptDirectory.from_config(_config())
    found = reversed(list(directory.iterate_revisions(HEAD, after or "base")))
    return [(each.revision, getattr(each.module, "online", ())) for each in found]


def _run_alembic(connection: Connection, target: str) -> str | None:
    """The revision that was there when it was our turn: another process may have been faster, even a newer one."""
    from alembic import command  # noqa: PLC0415 - see HEAD

    found = read_schema(connection)
    _refuse_unusable(found)
    if found.revision is not None and found.revision >= target:
        return found.revision
    config = _config()
    config.attributes["connection"] = connection
    with _checked(connection):
        command.upgrade(config, target)
        if target == HEAD:
            secure_tables(connection)
            said = text("UPDATE schema_compatibility SET compatible_from = :revision")
            connection.execute(said, {"revision": COMPATIBLE_FROM})
    return found.revision


def _refuse_unusable(found: Schema) -> None:
    if not found.is_usable:
        raise StoreUnavailable("the database was written by a newer nerbot; start that version")


@contextmanager
def _checked(connection: Connection) -> Iterator[None]:
    """What is done in the block leaves every row what it refers to; SQLite does not enforce that meanwhile."""
    if connection.dialect.name != "sqlite":
        yield
        return
    with noting_what_is_written(connection) as written:
        yield
    if broken_reference(connection, written) is not None:
        raise StoreUnavailable(
            "a migration would leave rows that refer to nothing; nothing was changed"
        )
