"""Room on the disk that is kept for what makes room."""

import logging
import os
from contextlib import suppress
from pathlib import Path

SIZE = 16 * 2**20
#: So much more has to be free before the reserve is made again: what made the disk full goes on.
MARGIN = 16 * 2**20
NAME = "reserve"

log = logging.getLogger(__name__)


class Reserve:
    """A file in the data folder that is given up when the disk is full, so that deletions, undo and what is to be told
    still find room, and made again when there is room for all."""

    def __init__(self, folder: Path, *, size: int = SIZE, margin: int = MARGIN) -> None:
        self._file = folder / NAME
        self._size = size
        self._margin = margin

    @property
    def is_kept(self) -> bool:
        """Whether it is there, whole."""
        try:
            return self._file.stat().st_size >= self._size
        except OSError:
            return False

    def keep(self) -> bool:
        """See to it that it is there; False where there is no room for it. One of no size is not wanted."""
        if not self._size or self.is_kept:
            return True
        try:
            there = os.statvfs(self._file.parent)
            if there.f_bavail * there.f_frsize < self._size + self._margin:
                return False
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(handle, 0, self._size)
            finally:
                os.close(handle)
        except OSError:
            self.give_up()
            return False
        return True

    def give_up(self) -> None:
        """Let others have its room."""
        with suppress(OSError):
            self._file.unlink()
