"""The database: how it is opened, and its transactions."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Self

from sqlalchemy import URL, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import migrations
from bot.db.address import read_address
from bot.db.engines import engine_for_migrations, make_engine, run_alone
from bot.db.reserve import Reserve
from bot.db.row_security import binds, showing
from bot.db.served import Served
from bot.db.sqlite_file import create_private_file, switch_to_wal, tidy_file, wipe_file
from bot.db.tables import metadata
from bot.db.transaction import Clock, Transaction
from bot.db.transactions import PATIENCE, GroupedTransactions, Prepare, Transactions, translated
from bot.db.turns import PutOff, write_alone, write_beside
from bot.db.written_in_order import write_in_order
from bot.domain.limits import UNLIMITED, Limits
from bot.errors import DiskFull, NotFound

#: Connections: SQLite has these readers and one writer, PostgreSQL has them for both.
CONNECTIONS = 5
#: More of them for reports, which take seconds in a large project.
REPORTING = 2

log = logging.getLogger(__name__)


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

    @property
    def library_engine(self) -> AsyncEngine:
        """For what slack_sdk keeps itself, in tables of its own."""
        return self._writers.engine

    async def is_locked(self) -> bool:
        """Whether the server keeps workspaces apart, too; raises StoreUnavailable."""
        if not self.is_server:
            return True
        async with self.reading() as connection:
            return await binds(connection)

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
        await migrate(url, patience=patience)
        async with cls.attach(url, patience=patience) as database:
            yield database

    @classmethod
    @asynccontextmanager
    async def attach(cls, url: str, *, patience: float = PATIENCE) -> AsyncIterator[Self]:
        """Hold a database open as it is, whatever its schema. Raises SettingsError, StoreUnavailable."""
        address = read_address(url)
        many = address.get_backend_name() != "sqlite"
        writing = Transactions if many else GroupedTransactions
        writers = writing(
            make_engine(address, patience, write=True, size=CONNECTIONS), patience=patience
        )
        readers, reporters = (
            Transactions(make_engine(address, patience, write=False, size=size), patience=patience)
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
        self,
        prepare: Prepare | None = None,
        *,
        alone: bool = False,
        sees: Served | None = None,
    ) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; `prepare` runs in it first. It `sees` the rows of some workspaces, else of none.
        Several may share a COMMIT, unless one that takes long is kept `alone`."""
        try:
            begin = self._showing(sees, prepare)
            async with self._writers.transaction(begin, alone=alone) as connection:
                yield connection
        except DiskFull:
            if self.has_room and self._reserve is not None:
                log.error("the disk is full; the reserve is given up")  # noqa: TRY400 known, one line
                self.has_room = False
                self._reserve.give_up()
            raise

    def reading(self, sees: Served | None = None) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that sees one state of the database, the rows of some workspaces in it, and cannot write."""
        return self._readers.transaction(self._showing(sees))

    def reporting(self, sees: Served | None = None) -> AbstractAsyncContextManager[AsyncConnection]:
        """The same for what takes long: it has connections of its own, so that no label waits for one."""
        return self._reporters.transaction(self._showing(sees))

    def _showing(self, sees: Served | None, prepare: Prepare | None = None) -> Prepare | None:
        """What a transaction begins with. A SQLite file has one bot, and no second lock."""
        if sees is None or not self.is_server:
            return prepare

        async def begin(connection: AsyncConnection) -> None:
            await connection.execute(select(showing(sees.setting)))
            if prepare is not None:
                await prepare(connection)

        return begin

    async def wipe(self) -> None:
        """Let nothing of what was deleted be left in the database's files: pages are written anew, the journal is
        emptied. Whoever writes meanwhile waits. On PostgreSQL its own journal and its backups are not reached.
        Raises StoreUnavailable."""
        if not self.is_server:
            await asyncio.to_thread(wipe_file, self._address.database or "")
            return
        with translated(connecting=True):
            for table in metadata.sorted_tables:
                await run_alone(self._writers.engine, f'VACUUM FULL "{table.name}"')

    async def tidy(self) -> None:
        """Give back what became free, a little at a time. PostgreSQL does that whenever enough has changed (autovacuum,
        with the bounds that a migration set). Raises StoreUnavailable."""
        if not self.is_server:
            await asyncio.to_thread(tidy_file, self._address.database or "")


async def migrate(url: str, *, patience: float = PATIENCE) -> tuple[str, ...]:
    """Bring a database to the newest schema, making it where there is none; the revisions that were applied.
    Raises SettingsError, StoreUnavailable."""
    address = read_address(url)
    with translated(connecting=True):
        if address.get_backend_name() == "sqlite":
            create_private_file(address.database or "")
            await asyncio.to_thread(switch_to_wal, address.database or "", patience)
        async with engine_for_migrations(address, patience) as engine:
            return await migrations.upgrade(engine)


class Store:
    """The database as the use cases reach it: nothing is read or written without naming a workspace."""

    def __init__(self, database: Database, clock: Clock, *, limits: Limits = UNLIMITED) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits

    @asynccontextmanager
    async def writing(self, workspace: str, *, alone: bool = False) -> AsyncIterator[Transaction]:
        """A write transaction: committed when the block ends, rolled back when it raises. In one
        workspace they come one after the other, on PostgreSQL too: what a block reads stays true
        until it has written. One that takes long is `alone`, so that nobody waits for it to be kept."""
        _check(workspace)

        async def take_turn(connection: AsyncConnection) -> None:
            await write_alone(connection, workspace)

        async with self._database.writing(take_turn, alone=alone) as connection:
            has_room, limits = self._database.has_room, self._limits
            yield Transaction(connection, workspace, self._clock, has_room, limits)

    @asynccontextmanager
    async def writing_beside(self, workspace: str, person: str) -> AsyncIterator[Transaction]:
        """The same for what little a person does with one sentence, beside what others do, on PostgreSQL. Raises
        Contended where it has to be done alone; then nothing of it is kept."""
        _check(workspace)

        async def take_turn(connection: AsyncConnection) -> None:
            await write_beside(connection, workspace, person)

        async with self._database.writing(take_turn) as connection:
            put_off = PutOff() if self._database.is_server else None
            room, limits = self._database.has_room, self._limits
            tx = Transaction(connection, workspace, self._clock, room, limits, put_off=put_off)
            yield tx
            await write_in_order(tx)

    @asynccontextmanager
    async def reading(self, workspace: str) -> AsyncIterator[Transaction]:
        """A consistent read."""
        _check(workspace)
        async with self._database.reading(Served({workspace})) as connection:
            yield Transaction(connection, workspace, self._clock)

    @asynccontextmanager
    async def reporting(self, workspace: str) -> AsyncIterator[Transaction]:
        """A consistent read that takes long, on a connection that no label waits for."""
        _check(workspace)
        async with self._database.reporting(Served({workspace})) as connection:
            yield Transaction(connection, workspace, self._clock)

    async def tidy(self) -> None:
        """Give the disk back what became free; whoever writes goes on. Raises StoreUnavailable."""
        await self._database.tidy()


def _check(workspace: str) -> None:
    if not workspace:
        raise NotFound("Slack did not say which workspace this is for.")
