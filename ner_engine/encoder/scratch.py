"""Vectors that one process has no room for in memory: a file without a name, gone with the process.

Not the store: that one is for the next training, checks each file by its hash and holds a limited
number. This one holds all texts of one training, and a text is read back in some microseconds.
"""

import os
import tempfile
import weakref
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np

from ner_engine.encoder.halves import Halves

_DTYPE = np.dtype(np.float16)


class Scratch:
    """Rows of half precision by key, ``width`` wide, beside the store if there is one.

    Read by position and not mapped, so that what the operating system keeps of it in memory is its own
    to drop. One that cannot be written holds nothing: the vectors are computed again. A copy of the
    process (fork) reads what was there, and writes nothing, since both would write to one place.
    """

    def __init__(self, directory: Path | None, width: int) -> None:
        self._directory, self._width = directory, width
        self._file: IO[bytes] | None = None
        self._places: dict[Hashable, tuple[int, int]] = {}
        self._end = 0
        self._owner = os.getpid()

    def write(self, key: Hashable, vectors: Halves) -> None:
        """Keep vectors that are not here yet; a full or broken disk is no reason to stop."""
        if key in self._places or os.getpid() != self._owner:
            return
        content = np.ascontiguousarray(vectors, dtype=_DTYPE).tobytes()
        with suppress(OSError):
            if self._file is None:
                if self._directory is not None:
                    self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115 as long as this
                weakref.finalize(self, self._file.close)
            if os.pwrite(self._file.fileno(), content, self._end) == len(content):
                self._places[key] = self._end, len(content)
                self._end += len(content)

    def read(self, key: Hashable) -> Halves | None:
        """The vectors of a key, if they are here."""
        place = self._places.get(key)
        if place is None or self._file is None:
            return None
        start, size = place
        with suppress(OSError):
            content = os.pread(self._file.fileno(), size, start)
            if len(content) == size:
                return np.frombuffer(content, dtype=_DTYPE).reshape(-1, self._width)
        return None

    def close(self) -> None:
        """Give the room back."""
        if self._file is not None:
            self._file.close()
        self._file, self._end = None, 0
        self._places.clear()
