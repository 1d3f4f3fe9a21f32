"""Emptying what a SQLite database leaves in its files, beside those who write."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from bot.db.sqlite_file import switch_to_wal, tidy_file, wipe_file
from tests.support.patience import patient

_FOLD = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX, 1, 121)
    print("folding", flush=True)
    sys.stdin.read()
"""
"""Holds the lock that SQLite has while it folds the journal into the file: byte 121 of its index."""


def test_the_journal_is_emptied_when_another_process_has_folded_it(tmp_path: Path) -> None:
    """Whoever waited for the VACUUM writes first, and its COMMIT may fold."""
    file = tmp_path / "x.db"
    file.touch()
    switch_to_wal(str(file), patient(1))
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE note (words TEXT)")
        database.commit()
        command = [sys.executable, "-c", _FOLD, f"{file}-shm"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdin is not None
            assert other.stdout is not None
            assert other.stdout.readline() == b"folding\n"
            done = threading.Timer(1, other.stdin.close)
            done.start()
            wipe_file(str(file))
            done.join()
    assert not Path(f"{file}-wal").exists() or Path(f"{file}-wal").stat().st_size == 0


def test_what_was_deleted_goes_back_to_the_disk_at_night(tmp_path: Path) -> None:
    """Beside a transaction that reads, and without anybody asking for it."""
    file = tmp_path / "x.db"
    file.touch()
    switch_to_wal(str(file), patient(1))
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE note (words TEXT)")
        database.executemany("INSERT INTO note VALUES (?)", [("word " * 500,)] * 2_000)
        database.execute("DELETE FROM note WHERE rowid > 10")
        database.commit()
        pages = "PRAGMA page_count"
        [before] = database.execute(pages).fetchone()
        tidy_file(str(file))
        [after] = database.execute(pages).fetchone()
    assert after < before / 10
