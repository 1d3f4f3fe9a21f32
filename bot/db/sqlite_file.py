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

_PAGES, _BREATH = 500, 0.02
"""Pages that are given back at a time, and the seconds between."""
_ANALYZED = 1_000
"""Rows of each index that are looked at."""


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
            # Of a database without a table; of another one a VACUUM would have to write all.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
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
        # From now on `tidy_file` gives back what becomes free; a database from before has it from here on.
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("VACUUM")
        emptied = _empty_journal(connection)
    except sqlite3.Error as error:
        raise StoreUnavailable(words_for(error)) from error
    finally:
        connection.close()
    if not emptied:
        raise StoreUnavailable("the database's journal is in use")


def tidy_file(path: str) -> None:
    """Give pages that are free back to the disk, and count anew what the choice of indexes rests on; a few pages at a
    time, so that nobody waits. Raises StoreUnavailable."""
    connection = sqlite3.connect(path, timeout=_WIPE_WITHIN, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete=ON")
        [has_places] = connection.execute("PRAGMA auto_vacuum").fetchone()
        [free] = connection.execute("PRAGMA freelist_count").fetchone()
        for _ in range(0, free if has_places else 0, _PAGES):
            # Only a script runs it to its end: a statement is taken one step, which is one page.
            connection.executescript(f"PRAGMA incremental_vacuum({_PAGES})")
            time.sleep(_BREATH)
        connection.execute(f"PRAGMA analysis_limit={_ANALYZED}")
        connection.execute("PRAGMA optimize")
    except sqlite3.Error as error:
        raise StoreUnavailable(words_for(error)) from error
    finally:
        connection.close()


def _empty_journal(connection: sqlite3.Connection) -> bool:
    """Whoever waited for the VACUUM writes at once, and SQLite then folds the large journal into the file: it does not
    wait for that, but says that it is busy."""
    until = time.monotonic() + _WIPE_WITHIN
    while True:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy or time.monotonic() > until:
            return not busy
        time.sleep(0.05)
