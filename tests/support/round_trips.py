"""The statements of a database's writers, and time that each of them takes to the server and back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.util import await_only

from bot.db.database import Database

COMMIT = "COMMIT"


class Statement(NamedTuple):
    """What was sent on which connection, with its parameters, and when it was answered."""

    connection: int
    sql: str
    parameters: Any
    answered: float


@contextmanager
def told_statements(
    database: Database, *, seconds: float = 0, blocking: bool = False
) -> Iterator[list[Statement]]:
    """Every statement and COMMIT of a transaction that writes; each takes `seconds` longer. An event loop wakes up a
    millisecond late; `blocking` waits are as long as they are to be, and for who is alone."""
    told: list[Statement] = []
    engine = database._writers.engine.sync_engine

    def wait() -> None:
        if seconds and blocking:
            sleep(seconds)
        elif seconds:
            await_only(asyncio.sleep(seconds))

    def statement(connection: Any, _: Any, sql: str, parameters: Any, *__: Any) -> None:
        wait()
        told.append(Statement(_number(connection), " ".join(sql.split()), parameters, monotonic()))

    def commit(connection: Any) -> None:
        wait()
        told.append(Statement(_number(connection), COMMIT, (), monotonic()))

    def given_back(raw: Any, _: Any) -> None:
        """Right after the COMMIT was answered."""
        for place in range(len(told) - 1, -1, -1):
            if told[place].connection == id(raw):
                if told[place].sql == COMMIT:
                    told[place] = told[place]._replace(answered=monotonic())
                return

    event.listen(engine, "after_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    event.listen(engine, "checkin", given_back)
    try:
        yield told
    finally:
        event.remove(engine, "after_cursor_execute", statement)
        event.remove(engine, "commit", commit)
        event.remove(engine, "checkin", given_back)


def _number(connection: Any) -> int:
    return id(connection.connection.dbapi_connection)


def under_the_lock(told: list[Statement], number: int) -> list[Statement]:
    """The statements of one transaction from the one that takes the advisory lock of this number on."""
    places = [
        place
        for place, each in enumerate(told)
        if "SELECT pg_advisory_xact_lock(" in each.sql and number in each.parameters
    ]
    if not places:
        return []
    mine = told[places[0]].connection
    return [each for each in told[places[0] :] if each.connection == mine]
