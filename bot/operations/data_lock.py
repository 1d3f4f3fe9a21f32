"""One nerbot a data folder: a second one beside an SQLite file would answer everything twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import SettingsError

NAME = "running.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder until the block is left, or the process ends however it does; raises SettingsError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(f"NERBOT_DATA: the folder cannot be used ({error.strerror})") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError(
                f"NERBOT_DATA: another nerbot is already running on {folder}. Stop it first, or set NERBOT_DATA to "
                "another folder"
            ) from error
        yield
    finally:
        os.close(handle)
