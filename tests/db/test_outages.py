"""A database that does not do as asked is told in words, without its address or what was to be stored."""

import errno
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.db.database import Database
from bot.db.outages import words_for
from bot.errors import StoreUnavailable


class PostgresError(Exception):
    def __init__(self, state: str) -> None:
        super().__init__('Key (text)=(canary) at ("127.0.0.1", 5432)')
        self.sqlstate = state


def wrapped(error: Exception) -> DBAPIError:
    return OperationalError("INSERT", {}, error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (wrapped(PostgresError("57P01")), "the database is being stopped or started"),
        (wrapped(PostgresError("28P01")), "the database refuses the user name or the password"),
        (wrapped(PostgresError("55P03")), "the database is busy"),
        (wrapped(PostgresError("53100")), "the disk is full"),
        (wrapped(PostgresError("22000")), "the database refused it (22000)"),
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"),
            "the database cannot be reached",
        ),
        (OSError("Multiple exceptions: [Errno 111] canary"), "the database cannot be reached"),
        (wrapped(OSError(errno.ENOSPC, "canary")), "the disk is full"),
        (TimeoutError(), "the database does not answer"),
        (RuntimeError("canary"), "the database refused it"),
    ],
    ids=str,
)
def test_each_has_its_words(error: Exception, words: str) -> None:
    assert words_for(error) == words


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"canary" * 1000)
    with pytest.raises(sqlite3.DatabaseError) as refused:
        sqlite3.connect(tmp_path / "x.db").execute("PRAGMA journal_mode=WAL")
    assert words_for(refused.value) == "the database's file is damaged or is not a database"


async def test_a_database_that_is_down_is_said_without_its_address() -> None:
    with pytest.raises(StoreUnavailable) as refused:
        async with Database.open("postgresql+asyncpg://ada:canary@127.0.0.1:9/x"):
            pass
    assert str(refused.value) == "the database cannot be reached"
