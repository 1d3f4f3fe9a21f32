"""A COMMIT whose flush fails, on a full disk: all of it stands in the journal, and SQLite says that it failed.

No system call fails here. Its frames come from a copy of the database in which the same was written: the journal is
then what it is after such a COMMIT, byte for byte. `tests/torture/torture_syscalls.py` makes the flush fail.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.db.database import Database
from bot.errors import DiskFull
from tests.support.opening import open_database

_ADD = "INSERT INTO note VALUES ('%s')"


class FlushFails:
    """A connection whose next COMMIT leaves its frames in the journal, and fails."""

    def __init__(self, real: sqlite3.Connection, file: Path, words: str) -> None:
        self._real, self._file, self._words = real, file, words

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def commit(self) -> None:
        self._real.rollback()
        twin = _copied(self._file, "twin")
        wal = twin.with_name(f"{twin.name}-wal")
        before = wal.stat().st_size
        with closing(sqlite3.connect(twin)) as copy:
            copy.execute(_ADD % self._words)
            copy.commit()
            frames = wal.read_bytes()[before:]
        with self._file.with_name(f"{self._file.name}-wal").open("r+b") as journal:
            journal.seek(before)
            journal.write(frames)
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


def _copied(file: Path, folder: str) -> Path:
    """The files as they are now: what a process finds after a kill."""
    there = file.parent / folder
    there.mkdir()
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{file}{suffix}", there / f"{file.name}{suffix}")
    return there / file.name


def _notes(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [words for (words,) in database.execute("SELECT words FROM note ORDER BY rowid")]


async def _fail_to_flush(database: Database, file: Path, words: str) -> None:
    async with database.writing() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await connection.execute(text(_ADD % words))
        driver._connection = FlushFails(driver._conn, file, words)


async def test_what_was_said_not_to_be_saved_is_not_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    async with open_database(f"sqlite:///{file}") as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE note (words TEXT NOT NULL)"))
            await connection.execute(text(_ADD % "kept"))
        async with (
            database.reading() as connection
        ):  # as there are in a bot: its connection stays open
            await connection.execute(text("SELECT * FROM note"))
        with pytest.raises(DiskFull):
            await _fail_to_flush(database, file, "refused")
        assert _notes(_copied(file, "killed now")) == ["kept"]
        async with database.writing() as connection:
            await connection.execute(text(_ADD % "next"))
        assert _notes(_copied(file, "killed later")) == ["kept", "next"]
    assert _notes(file) == ["kept", "next"]
