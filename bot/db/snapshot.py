"""A SQLite database copied while it is written to, by SQLite's own backup."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url, select

from bot.db.database import Database
from bot.db.migrations import HEAD, Schema
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.projects import project
from bot.errors import StoreUnavailable

#: How SQLAlchemy keeps a time.
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
#: A project and a version of its model.
Live = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is in a database: its migration, how many rows each table has, which models are live."""

    revision: str
    counts: dict[str, int]
    live: tuple[Live, ...]


def sqlite_file(url: str) -> Path | None:
    """The file of a database's address; None for one that is not SQLite's."""
    address = make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def is_known(revision: str) -> bool:
    """Whether this nerbot can open a database of a revision."""
    return revision <= HEAD


def take_snapshot(source: Path, target: Path) -> Snapshot:
    """Copy a database to a new file, as it is at one moment after the call. Those who write go on meanwhile.

    Raises StoreUnavailable.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with _opened(source) as original, _opened(target) as copy:
        # In one go: a copy in pieces begins again whenever somebody writes, and may never end.
        original.backup(copy, pages=-1)
    return look_at(target)


def look_at(file: Path) -> Snapshot:
    """What is in a database that nobody uses; it is one file afterwards. Raises StoreUnavailable where it is torn."""
    with _opened(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        [(sound,)] = connection.execute("PRAGMA integrity_check(1)")
        if sound != "ok":
            raise StoreUnavailable(f"the copy of the database is not sound ({sound})")
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        counts = {name: _count(connection, name) for (name,) in names}
        [(revision,)] = connection.execute("SELECT version_num FROM alembic_version")
        live = connection.execute(
            "SELECT id, live_version FROM project WHERE live_version IS NOT NULL ORDER BY id"
        ).fetchall()
    return Snapshot(revision, counts, tuple(live))


def read_only_schema(file: Path) -> Schema:
    """The form of a database that may be in use; raises StoreUnavailable."""
    with _opened(file, mode="ro") as connection:
        revision = _only(connection, "alembic_version", "version_num")
        if revision is None:
            return Schema(None)
        return Schema(revision, _only(connection, "schema_compatibility", "compatible_from"))


def _only(connection: sqlite3.Connection, table: str, column: str) -> str | None:
    named = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    if connection.execute(named, (table,)).fetchone() is None:
        return None
    found = connection.execute(f"SELECT {column} FROM {table}").fetchone()  # noqa: S608  # nosec B608
    return None if found is None else str(found[0])


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace(
        '"', '""'
    )  # a name cannot be bound; a backup from elsewhere may have any
    [(count,)] = connection.execute(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608  # nosec B608
    return int(count)


def note_what_is_gone(copy: Path) -> None:
    """In a copy that goes with the files of the live models alone, the other versions have none."""
    now = datetime.now(UTC).strftime(_MOMENT)
    with _opened(copy) as connection:
        connection.execute(
            "UPDATE model SET gone_at = ? WHERE gone_at IS NULL AND NOT EXISTS (SELECT 1 FROM project "
            "WHERE project.id = model.project_id AND project.live_version = model.version)",
            (now,),
        )


def hold_back(copy: Path) -> int:
    """Give up the messages that waited for Slack in a copy that is put back: what was told since is not known to it.

    How many there are; whoever runs nerbot may send them again.
    """
    now = datetime.now(UTC).strftime(_MOMENT)
    with _opened(copy) as connection:
        named = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'outbox'"
        if connection.execute(named).fetchone() is None:
            return 0  # a nerbot from before there was one
        held = connection.execute(
            "UPDATE outbox SET dead_at = ?, claimed_until = NULL, error = 'restored' "
            "WHERE delivered < state AND dead_at IS NULL",
            (now,),
        )
        return held.rowcount


async def live_models(url: str) -> tuple[Live, ...]:
    """Which models are live, of all workspaces; on PostgreSQL, which has copies of its own."""
    wanted = select(project.c.id, project.c.live_version).where(project.c.live_version.is_not(None))
    async with (
        Database.open(url) as database,
        database.reading(EVERY_WORKSPACE) as connection,
    ):
        rows = await connection.execute(wanted.order_by(project.c.id))
        return tuple((row.id, row.live_version) for row in rows)


@contextmanager
def _opened(file: Path, *, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            yield connection
    except (sqlite3.Error, ValueError) as error:
        what = "copied" if mode == "rw" else "read"
        raise StoreUnavailable(f"the database cannot be {what} ({error})") from error
