"""What one transaction is, and what the database's errors are called outside."""

import asyncio
import errno
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.outages import words_for
from bot.errors import DiskFull, NotFound, StoreUnavailable

_T = TypeVar("_T")

#: Seconds a transaction may wait to begin; whoever waits longer is told that nothing was saved.
PATIENCE = 2.5

Prepare = Callable[[AsyncConnection], Awaitable[None]]


class Transactions:
    """The transactions of one engine, each with a connection and a COMMIT of its own."""

    def __init__(self, engine: AsyncEngine, *, patience: float = PATIENCE) -> None:
        self.engine = engine
        self._patience = patience
        self._unfinished: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """Wait for what has begun and give the connections back."""
        while self._unfinished:
            await asyncio.wait(self._unfinished)
        await self.engine.dispose()

    @asynccontextmanager
    async def transaction(
        self, prepare: Prepare | None = None, *, alone: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """A transaction that is durable when the block has ended and leaves no trace when it raises; `prepare` runs
        in it first. A block that is cancelled while it ends leaves unknown which of the two happened."""
        del alone
        with translated():
            connection = await self._started(_begin(self.engine, prepare), undo=_roll_back)
            try:
                yield connection
            except BaseException:
                await self._see_through(_roll_back(connection))
                raise
            with translated(connecting=True):
                await self._see_through(_commit(connection))

    async def _started(
        self, beginning: Coroutine[Any, Any, _T], *, undo: Callable[[_T], Coroutine[Any, Any, None]]
    ) -> _T:
        """What begins, if it does in time; what begins later is undone."""
        task = self._start(beginning)

        def give_back(task: asyncio.Task[_T]) -> None:
            if not task.cancelled() and task.exception() is None:
                self._start(undo(task.result()))

        try:
            with translated(connecting=True):
                async with asyncio.timeout(self._patience):
                    return await asyncio.shield(task)
        except BaseException:
            task.add_done_callback(give_back)
            raise

    async def _see_through(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for work that goes on to its end even if the one who waits is cancelled: a
        connection is never given back between two states."""
        await asyncio.shield(self._start(work))

    def _start(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._unfinished.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._unfinished.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it as lost


class _Group:
    """Steps that one COMMIT keeps."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.has_steps = False
        self.kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.kept.add_done_callback(lambda kept: kept.cancelled() or kept.exception())

    def lose(self, error: BaseException) -> None:
        """Tell every step that nothing of it is kept."""
        lost = _named(error) if isinstance(error, DBAPIError) else StoreUnavailable(_LOST)
        lost.__cause__ = error
        self.kept.set_exception(lost)


_LOST = "the database gave up"


class GroupedTransactions(Transactions):
    """Transactions of one writer, which come one after the other in any case: those that wait when one has done its
    work join it, and one COMMIT keeps them all (group commit). It takes longer than the statements of most.

    Each of them is a savepoint, so that one that fails leaves no trace and the others go on.
    """

    def __init__(self, engine: AsyncEngine, *, patience: float = PATIENCE) -> None:
        super().__init__(engine, patience=patience)
        self._writer = asyncio.Lock()  # whoever waits longest comes first
        self._group: _Group | None = None

    @asynccontextmanager
    async def transaction(
        self, prepare: Prepare | None = None, *, alone: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """The same; one that takes long is kept `alone`: nobody else's answer waits for it."""
        with translated():
            group = await self._started(self._enter(prepare, alone=alone), undo=self._undo)
            try:
                yield group.connection
            except BaseException:
                await self._see_through(self._undo(group))
                raise
            with translated(connecting=True):
                await self._see_through(self._leave(group, alone=alone))
                await asyncio.shield(group.kept)

    async def _enter(self, prepare: Prepare | None, *, alone: bool) -> _Group:
        """A group with a new savepoint in it; the writer is ours."""
        await self._writer.acquire()
        try:
            return await self._join(prepare, alone=alone)
        except BaseException:
            self._writer.release()
            raise

    async def _join(self, prepare: Prepare | None, *, alone: bool) -> _Group:
        if alone and self._group is not None:
            await self._keep(self._group)
        if self._group is None:
            self._group = _Group(await _begin(self.engine))
        group = self._group
        try:
            await group.connection.exec_driver_sql("SAVEPOINT step")
            if prepare is not None:
                await prepare(group.connection)
        except BaseException as error:
            await self._give_up(group, error)
            raise
        return group

    async def _leave(self, group: _Group, *, alone: bool) -> None:
        """Give the writer to the next one. Those who already wait still join: the COMMIT comes after them."""
        try:
            await group.connection.exec_driver_sql("RELEASE step")
            if alone:
                await self._keep(group)
            elif not group.has_steps:
                group.has_steps = True
                self._start(self._keep_when_free(group))
        except BaseException as error:
            await self._give_up(group, error)
            raise
        finally:
            self._writer.release()

    async def _undo(self, group: _Group) -> None:
        try:
            if group.has_steps:
                await group.connection.exec_driver_sql("ROLLBACK TO step")
                await group.connection.exec_driver_sql("RELEASE step")
            else:
                await self._give_up(group)
        except Exception as error:  # noqa: BLE001 whatever it was, the others have to hear of it
            # Where SQLite cannot go on, on a full disk, it takes the whole transaction back.
            await self._give_up(group, error)
        finally:
            self._writer.release()

    async def _keep_when_free(self, group: _Group) -> None:
        async with self._writer:
            if self._group is group:
                await self._keep(group)

    async def _keep(self, group: _Group) -> None:
        self._group = None
        try:
            await _commit(group.connection)
        except BaseException as error:
            group.lose(error)
            raise
        group.kept.set_result(None)

    async def _give_up(self, group: _Group, error: BaseException | None = None) -> None:
        if self._group is group:
            self._group = None
            if error is not None:
                group.lose(error)
            await _roll_back(group.connection)


async def _begin(engine: AsyncEngine, prepare: Prepare | None = None) -> AsyncConnection:
    connection = await engine.connect()
    try:
        await connection.begin()
        if prepare is not None:
            await prepare(connection)
    except BaseException:
        await _roll_back(connection)
        raise
    return connection


async def _commit(connection: AsyncConnection) -> None:
    try:
        await connection.commit()
    except BaseException:
        # Whether it is committed is not known: the connection goes, and what is open in it with it.
        await connection.invalidate()
        await connection.close()
        raise
    await connection.close()


async def _roll_back(connection: AsyncConnection) -> None:
    try:
        await connection.close()
    except (DBAPIError, OSError):
        # It cannot even roll back: the connection is thrown away, and the database forgets what it
        # began.
        await connection.invalidate()
        await connection.close()


@contextmanager
def translated(*, connecting: bool = False) -> Iterator[None]:
    """Name the database's errors for what they mean; `connecting` also takes those of the system
    below it."""
    try:
        yield
    except IntegrityError as error:
        if _is_foreign_key(error):
            raise NotFound("That is not here, or no longer.") from error
        raise StoreUnavailable(words_for(error)) from error
    except (DBAPIError, PoolTimeout) as error:
        raise _named(error) from error
    except TimeoutError as error:
        if not connecting:
            raise
        raise StoreUnavailable("the database is busy") from error
    except OSError as error:
        if not connecting:
            raise
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise StoreUnavailable(words_for(error)) from error


def _named(error: DBAPIError | PoolTimeout) -> StoreUnavailable:
    cause = error.orig if isinstance(error, DBAPIError) else None
    is_full = (
        getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        or getattr(cause, "sqlstate", None) == "53100"
    )
    return DiskFull() if is_full else StoreUnavailable(words_for(error))


def _is_foreign_key(error: IntegrityError) -> bool:
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return code in {"23503", "SQLITE_CONSTRAINT_FOREIGNKEY"}
