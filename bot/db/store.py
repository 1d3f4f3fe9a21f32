"""Transactions, begun in a workspace."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.db.transaction import Clock, Transaction
from bot.errors import NotFound


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
