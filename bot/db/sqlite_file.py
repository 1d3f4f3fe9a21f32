"""The file of a SQLite database, before it is opened."""

import fcntl
import os
import sqlite3
from pathlib import Path

from bot.db.outages import words_for
from bot.errors import StoreUnavailable


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
