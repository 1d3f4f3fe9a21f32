"""The database: how it is opened, and how its connections are set."""

import asyncio
import fcntl
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL, NullPool, event, func, make_url, select
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.db import migrations
from bot.db.sqlite_driver import OneTripConnection
from bot.db.tables import metadata
from bot.db.transaction import Clock, Transaction
from bot.db.transactions import PATIENCE, GroupedTransactions, Prepare, Transactions, translated
from bot.errors import NotFound, SettingsError, StoreUnavailable

#: Connections: SQLite has these readers and one writer, PostgreSQL has them for both.
CONNECTIONS = 5

#: Seconds that wiping waits for those who write and read.
_WIPE_WITHIN = 30

_PRAGMAS = (
    "synchronous=FULL",
    "secure_delete=ON",
)
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}


class Database:
    """One database: transactions that write and transactions that read."""

    def __init__(self, *, address: URL, writers: Transactions, readers: Transactions) -> None:
        self._address = address
        self._writers = writers
        self._readers = readers

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, patience: float = PATIENCE) -> AsyncIterator[Self]:
        """Bring the database to the newest schema and hold it open; a transaction waits `patience` seconds to begin.
        Raises SettingsError for an address that is none, StoreUnavailable where it does not open."""
        address = _address(url)
        with translated(connecting=True):
            if address.get_backend_name() == "sqlite":
                _create_private_file(address)
                await asyncio.to_thread(_switch_to_wal, address.database or "", patience)
            async with _engine_for_migrations(address, patience) as engine:
                await migrations.upgrade(engine)
        many = address.get_backend_name() != "sqlite"
        writing = Transactions if many else GroupedTransactions
        writers = writing(_engine(address, patience, write=True), patience=patience)
        readers = Transactions(_engine(address, patience, write=False), patience=patience)
        try:
            yield cls(address=address, writers=writers, readers=readers)
        finally:
            # The writer goes last: the last connection of a SQLite database folds its journal back
            # into the file.
            await readers.close()
            await writers.close()

    def writing(
        self, prepare: Prepare | None = None, *, alone: bool = False
    ) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that writes; `prepare` runs in it first. Several may share a COMMIT, unless
        one that takes long is kept `alone`."""
        return self._writers.transaction(prepare, alone=alone)

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that sees one state of the database and cannot write."""
        return self._readers.transaction()

    async def wipe(self) -> None:
        """Let nothing of what was deleted be left in the database's files: pages are written anew, the journal is
        emptied. Whoever writes meanwhile waits. On PostgreSQL its own journal and its backups are not reached.
        Raises StoreUnavailable."""
        if self._address.get_backend_name() == "sqlite":
            await asyncio.to_thread(_wipe_file, self._address.database or "")
            return
        with translated(connecting=True):
            async with self._writers.engine.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                for table in metadata.sorted_tables:
                    await alone.exec_driver_sql(f'VACUUM FULL "{table.name}"')


def _wipe_file(path: str) -> None:
    """Write every page anew, then empty the journal, once nobody reads an older state any more."""
    connection = sqlite3.connect(path, timeout=_WIPE_WITHIN, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise StoreUnavailable(str(error)) from error
    finally:
        connection.close()
    if busy:
        raise StoreUnavailable("the database's journal is in use")


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise SettingsError("the database URL cannot be read") from error
    address = address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))
    if address.drivername not in _DRIVERS.values():
        raise SettingsError(
            "the database URL must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://"
        )
    if address.get_backend_name() == "sqlite" and address.database in {None, "", ":memory:"}:
        raise SettingsError("the database URL must name a file")
    return address


def _create_private_file(address: URL) -> None:
    """Only the bot's own user may read it; SQLite gives its journal the same mode."""
    path = Path(address.database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _switch_to_wal(path: str, patience: float) -> None:
    """Make it a WAL database, one process at a time: while another one switches, SQLite does not wait
    but says "database is locked"."""
    turn = os.open(f"{path}-opening", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        connection = sqlite3.connect(path, timeout=patience)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error
        finally:
            connection.close()
    finally:
        os.close(turn)


def _engine(address: URL, patience: float, *, write: bool) -> AsyncEngine:
    if address.get_backend_name() != "sqlite":
        return _postgresql_engine(address, patience, write=write)
    engine = create_async_engine(
        address,
        async_creator=_connecting(address, write=write),
        # Every transaction here ends by COMMIT or ROLLBACK: another one on the way back would be a trip for nothing.
        pool_reset_on_return=None,
        # One writer: SQLite has room for one, and a queue in here is fair where its own lock is
        # not.
        pool_size=1 if write else CONNECTIONS,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
        execution_options={"write": write},
    )
    _prepare_sqlite(engine, patience, "foreign_keys=ON" if write else "query_only=ON")
    return engine


def _connecting(address: URL, *, write: bool) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    async def connect() -> aiosqlite.Connection:
        return await OneTripConnection(address.database or "", writes=write)

    return connect


def _lock_milliseconds(patience: float) -> int:
    """How long a statement waits for a lock of another process: twice as long as a transaction waits to begin."""
    return round(2_000 * patience)


def _prepare_sqlite(engine: AsyncEngine, patience: float, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, record: object) -> None:
        del record
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={_lock_milliseconds(patience)}", *_PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def invalidate(connection: Any, record: object, error: BaseException | None) -> None:
        del record
        if isinstance(error, asyncio.CancelledError):
            connection.run_async(_stop_statement)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        # Deferred, a transaction that reads before it writes fails where another one wrote in
        # between.
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


async def _stop_statement(driver: Any) -> None:
    """A cancelled statement goes on in its thread, and a connection closed then would keep the
    write lock for as long as anything remembers the statement."""
    await driver.interrupt()
    await asyncio.shield(driver.rollback())


def _postgresql_engine(address: URL, patience: float, *, write: bool) -> AsyncEngine:
    isolation = (
        {"isolation_level": "READ COMMITTED"}
        if write
        else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    return create_async_engine(
        address,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=True,
        hide_parameters=True,
        execution_options=isolation,
        connect_args={
            "timeout": 4 * patience,
            "server_settings": {
                "application_name": "nerbot",
                "lock_timeout": str(_lock_milliseconds(patience)),
                "synchronous_commit": "on",
            },
        },
    )


@asynccontextmanager
async def _engine_for_migrations(address: URL, patience: float) -> AsyncIterator[AsyncEngine]:
    """One connection for the schema alone; a table that SQLite has to build anew must not pull
    others with it."""
    is_sqlite = address.get_backend_name() == "sqlite"
    engine = create_async_engine(
        address,
        poolclass=NullPool,
        hide_parameters=True,
        execution_options={"write": True},
        **({"async_creator": _connecting(address, write=True)} if is_sqlite else {}),
    )
    if is_sqlite:
        _prepare_sqlite(engine, patience, "foreign_keys=OFF")
    try:
        yield engine
    finally:
        await engine.dispose()


class Store:
    """The database as the use cases reach it: nothing is read or written without naming a workspace."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @asynccontextmanager
    async def writing(self, workspace: str, *, alone: bool = False) -> AsyncIterator[Transaction]:
        """A write transaction: committed when the block ends, rolled back when it raises. In one
        workspace they come one after the other, on PostgreSQL too: what a block reads stays true
        until it has written. One that takes long is `alone`, so that nobody waits for it to be kept."""
        _check(workspace)

        async def take_turn(connection: AsyncConnection) -> None:
            if connection.dialect.name == "postgresql":
                await connection.execute(select(func.pg_advisory_xact_lock(_turn(workspace))))

        async with self._database.writing(take_turn, alone=alone) as connection:
            yield Transaction(connection, workspace, self._clock)

    @asynccontextmanager
    async def reading(self, workspace: str) -> AsyncIterator[Transaction]:
        """A consistent read."""
        _check(workspace)
        async with self._database.reading() as connection:
            yield Transaction(connection, workspace, self._clock)


def _check(workspace: str) -> None:
    if not workspace:
        raise NotFound("Slack did not say which workspace this is for.")


def _turn(workspace: str) -> int:
    """The workspace's number among PostgreSQL's advisory locks: 64 bits of a hash, signed."""
    digest = hashlib.sha256(b"nerbot workspace " + workspace.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
