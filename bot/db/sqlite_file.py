"""The file of a SQLite database, before it is opened."""

import fcntl
import os
import sqlite3
import time
from pathlib import Path

from bot.db.outages import words_for
from bot.errors import StoreUnavailable

_WIPE_WITHIN = 30
"""Seconds that erasing waits for whoever reads or writes."""


def create_private_file(file: str) -> None:
    """Only the bot's own user may read it; SQLite gives its journal the same mode."""
    path = Path(file)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def switch_to_wal(path: str, patience: float) -> None:
    """Make it a WAL database, one process at a time: while another one switches, SQLite does not wait
    but says "database is locked"."""
    turn = os.open(f"{path}-opening", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        connection = sqlite3.connect(path, timeout=patience)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            raise StoreUnavailable(words_for(error)) from error
        finally:
            connection.close()
    finally:
        os.close(turn)


def wipe_file(path: str) -> None:
    """Write every page anew, then empty the journal, once nobody reads an older state any more."""
    connection = sqlite3.connect(path, timeout=_WIPE_WITHIN, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        emptied = _empty_journal(connection)
    except sqlite3.Error as error:
        raise StoreUnavailable(words_for(error)) from error
    finally:
        connection.close()
    if not emptied:
        raise StoreUnavailable("the database's journal is in use")


def _empty_journal(connection: sqlite3.Connection) -> bool:
    """Whoever waited for the VACUUM writes at once, and SQLite then folds the large journal into the file: it does not
    wait for that, but says that it is busy."""
    until = time.monotonic() + _WIPE_WITHIN
    while True:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy or time.monotonic() > until:
            return not busy
        time.sleep(0.05)
