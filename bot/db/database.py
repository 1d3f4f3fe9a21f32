"""The database: how it is opened, and how its connections are set."""

import asyncio
import hashlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL, ExceptionContext, NullPool, event, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.db import migrations
from bot.db.address import read_address
from bot.db.reserve import Reserve
from bot.db.sqlite_driver import OneTripConnection
from bot.db.sqlite_file import create_private_file, switch_to_wal, wipe_file
from bot.db.tables import metadata
from bot.db.transaction import Clock, Transaction
from bot.db.transactions import PATIENCE, GroupedTransactions, Prepare, Transactions, translated
from bot.errors import DiskFull, NotFound

#: Connections: SQLite has these readers and one writer, PostgreSQL has them for both.
CONNECTIONS = 5
#: More of them for reports, which take seconds in a large project.
REPORTING = 2

log = logging.getLogger(__name__)

_PRAGMAS = (
    "synchronous=FULL",
    "secure_delete=ON",
)


class Database:
    """One database: transactions that write and transactions that read."""

    def __init__(
        self,
        *,
        address: URL,
        writers: Transactions,
        readers: Transactions,
        reporters: Transactions,
    ) -> None:
        self._address = address
        self.is_server = address.get_backend_name() != "sqlite"
        self._writers = writers
        self._readers = readers
        self._reporters = reporters
        self._reserve: Reserve | None = None
        self.has_room = True
        """False from when the disk was full until the reserve could be made again."""

    def keep_reserve(self, reserve: Reserve) -> None:
        """Keep room for deletions: make the reserve if it is not there and can be."""
        self._reserve = reserve
        has_room = reserve.keep()
        if has_room and not self.has_room:
            log.info("there is room on the disk again")
        # A disk that was too small for the reserve from the start takes labels until it is full.
        self.has_room = self.has_room or has_room

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, patience: float = PATIENCE) -> AsyncIterator[Self]:
        """Bring the database to the newest schema and hold it open; a transaction waits `patience` seconds to begin.
        Raises SettingsError for an address that is none, StoreUnavailable where it does not open."""
        address = read_address(url)
        with translated(connecting=True):
            if address.get_backend_name() == "sqlite":
                create_private_file(address.database or "")
                await asyncio.to_thread(switch_to_wal, address.database or "", patience)
            async with _engine_for_migrations(address, patience) as engine:
                await migrations.upgrade(engine)
        many = address.get_backend_name() != "sqlite"
        writing = Transactions if many else GroupedTransactions
        writers = writing(_engine(address, patience, write=True), patience=patience)
        readers, reporters = (
            Transactions(_engine(address, patience, write=False, size=size), patience=patience)
            for size in (CONNECTIONS, REPORTING)
        )
        try:
            yield cls(address=address, writers=writers, readers=readers, reporters=reporters)
        finally:
            # The writer goes last: the last connection of a SQLite database folds its journal back
            # into the file.
            await reporters.close()
            await readers.close()
            await writers.close()

    @asynccontextmanager
    async def writing(
        self, prepare: Prepare | None = None, *, alone: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; `prepare` runs in it first. Several may share a COMMIT, unless
        one that takes long is kept `alone`."""
        try:
            async with self._writers.transaction(prepare, alone=alone) as connection:
                yield connection
        except DiskFull:
            if self.has_room and self._reserve is not None:
                log.error("the disk is full; the reserve is given up")  # noqa: TRY400 known, one line
                self.has_room = False
                self._reserve.give_up()
            raise

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that sees one state of the database and cannot write."""
        return self._readers.transaction()

    def reporting(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """The same for what takes long: it has connections of its own, so that no label waits for one."""
        return self._reporters.transaction()

    async def wipe(self) -> None:
        """Let nothing of what was deleted be left in the database's files: pages are written anew, the journal is
        emptied. Whoever writes meanwhile waits. On PostgreSQL its own journal and its backups are not reached.
        Raises StoreUnavailable."""
        if not self.is_server:
            await asyncio.to_thread(wipe_file, self._address.database or "")
            return
        with translated(connecting=True):
            async with self._writers.engine.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                for table in metadata.sorted_tables:
                    await alone.exec_driver_sql(f'VACUUM FULL "{table.name}"')


def _engine(address: URL, patience: float, *, write: bool, size: int = CONNECTIONS) -> AsyncEngine:
    if address.get_backend_name() != "sqlite":
        return _postgresql_engine(address, patience, write=write, size=size)
    engine = create_async_engine(
        address,
        async_creator=_connecting(address, write=write),
        # Every transaction here ends by COMMIT or ROLLBACK: another one on the way back would be a trip for nothing.
        pool_reset_on_return=None,
        # One writer: SQLite has room for one, and a queue in here is fair where its own lock is
        # not.
        pool_size=1 if write else size,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
        execution_options={"write": write},
    )
    _prepare_sqlite(engine, patience, "foreign_keys=ON" if write else "query_only=ON")
    if write:
        _replace_what_cannot_write(engine)
    return engine


def _replace_what_cannot_write(engine: AsyncEngine) -> None:
    """Where its file could not be opened for writing, SQLite silently opens it for reading: such a connection is not
    kept, so that one failed system call does not refuse every label until the next start."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def handle_error(context: ExceptionContext) -> None:
        code = getattr(context.original_exception, "sqlite_errorcode", 0)
        if code & 0xFF == sqlite3.SQLITE_READONLY:
            context.is_disconnect = True


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


def _postgresql_engine(address: URL, patience: float, *, write: bool, size: int) -> AsyncEngine:
    isolation = (
        {"isolation_level": "READ COMMITTED"}
        if write
        else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    return create_async_engine(
        address,
        pool_size=size,
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
            yield Transaction(connection, workspace, self._clock, self._database.has_room)

    @asynccontextmanager
    async def reading(self, workspace: str) -> AsyncIterator[Transaction]:
        """A consistent read."""
        _check(workspace)
        async with self._database.reading() as connection:
            yield Transaction(connection, workspace, self._clock)

    @asynccontextmanager
    async def reporting(self, workspace: str) -> AsyncIterator[Transaction]:
        """A consistent read that takes long, on a connection that no label waits for."""
        _check(workspace)
        async with self._database.reporting() as connection:
            yield Transaction(connection, workspace, self._clock)


def _check(workspace: str) -> None:
    if not workspace:
        raise NotFound("Slack did not say which workspace this is for.")


def _turn(workspace: str) -> int:
    """The workspace's number among PostgreSQL's advisory locks: 64 bits of a hash, signed."""
    digest = hashlib.sha256(b"nerbot workspace " + workspace.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
