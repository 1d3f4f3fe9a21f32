"""The connections to a database: how each is opened and set."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
from sqlalchemy import URL, ExceptionContext, NullPool, event, func, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.db.address import is_pooled
from bot.db.outages import words_for
from bot.db.sqlite_driver import OneTripConnection
from bot.errors import StoreUnavailable

_PRAGMAS = (
    "synchronous=FULL",
    "secure_delete=ON",
)


def make_engine(address: URL, patience: float, *, write: bool, size: int) -> AsyncEngine:
    """So many connections, for writing (one alone on SQLite) or for reading."""
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
    settings = {
        "lock_timeout": str(_lock_milliseconds(patience)),
        "synchronous_commit": "on",
    }
    pooled = is_pooled(address)
    engine = create_async_engine(
        address,
        pool_size=size,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=True,
        hide_parameters=True,
        execution_options=isolation,
        connect_args={
            "timeout": 4 * patience,
            "server_settings": {"application_name": "nerbot", **({} if pooled else settings)},
            **connect_args(address),
        },
    )
    if pooled:
        _set_in_each_transaction(engine, settings)
    return engine


def connect_args(address: URL) -> dict[str, Any]:
    """What a connection to PostgreSQL is told so that it works behind PgBouncer, too, where that is in between."""
    if not is_pooled(address):
        return {}
    # Statements have no name: one with a name would be looked for in another connection of the server's.
    return {"statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}


def _set_in_each_transaction(engine: AsyncEngine, settings: Mapping[str, str]) -> None:
    """PgBouncer refuses settings of a session, and what one transaction sets for longer the next one does not see."""
    setting = select(
        *(func.set_config(name, value, literal(value=True)) for name, value in settings.items())
    )

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.execute(setting)


async def run_alone(engine: AsyncEngine, statement: str) -> None:
    """A statement that PostgreSQL takes outside of a transaction alone, in one message: PgBouncer could have it parsed
    in one connection of the server's and run in another. Raises StoreUnavailable."""
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        try:
            await raw.driver_connection.execute(statement)
        except Exception as error:
            # The driver's own error, which SQLAlchemy does not see.
            if not hasattr(error, "sqlstate"):
                raise
            raise StoreUnavailable(words_for(error)) from error


@asynccontextmanager
async def engine_for_migrations(address: URL, patience: float) -> AsyncIterator[AsyncEngine]:
    """One connection for the schema alone; a table that SQLite has to build anew must not pull
    others with it."""
    is_sqlite = address.get_backend_name() == "sqlite"
    engine = create_async_engine(
        address,
        poolclass=NullPool,
        hide_parameters=True,
        execution_options={"write": True},
        **(
            {"async_creator": _connecting(address, write=True)}
            if is_sqlite
            else {"connect_args": connect_args(address)}
        ),
    )
    if is_sqlite:
        _prepare_sqlite(engine, patience, "foreign_keys=OFF")
    try:
        yield engine
    finally:
        await engine.dispose()
