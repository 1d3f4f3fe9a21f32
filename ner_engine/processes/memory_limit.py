"""A limit on this process's memory that ends it with a word, before a library ends it without one."""

import errno
import os
import re
import resource
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

_LOOK_SECONDS = 0.05
_BURST = 1.25, 256 * 2**20
"""What may still be taken between two looks: this many times the limit, and as many bytes."""


class MemoryLimit:
    """The most memory this process may take, its copies (fork) counted in; None for no limit.

    A copy ends without a word where it and this process together take more.

    The operating system's own limit (RLIMIT_DATA) is only the last resort: at it libraries in C abort, fail in the
    middle of an import or wait for a thread that could not begin.
    """

    def __init__(self, megabytes: int | None) -> None:
        self._bytes = None if megabytes is None else megabytes * 2**20

    def enforce(self, when_over: Callable[[], None]) -> None:
        """Call `when_over` from another thread, once, when more is in use; it is to end the process."""
        if self._bytes is None:
            return
        factor, more = _BURST
        hard = int(self._bytes * factor) + more
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        _watch(self._bytes, _bytes_in_use, when_over)
        os.register_at_fork(after_in_child=partial(_watch_copy, self._bytes))

    def explains(self, error: Exception) -> bool:
        """Whether an error comes of too little memory: a library in C may call it anything, but then little is left."""
        if isinstance(error, MemoryError):
            return True
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return True
        return self._bytes is not None and _bytes_in_use() > 0.8 * self._bytes


def _watch(limit: int, in_use: Callable[[], int], when_over: Callable[[], None]) -> None:
    def look() -> None:
        while in_use() <= limit:
            time.sleep(_LOOK_SECONDS)
        when_over()

    threading.Thread(target=look, daemon=True).start()


def _watch_copy(limit: int) -> None:
    first = os.getppid()
    _watch(limit, lambda: _bytes_in_use() + _bytes_in_use(first), lambda: os._exit(1))


def _bytes_in_use(process: int | str = "self") -> int:
    """What counts against RLIMIT_DATA, as Linux tells it; 0 elsewhere, and of a process that is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return 0
    found = re.search(r"VmData:\s+(\d+) kB", status)
    return 1024 * int(found[1]) if found else 0
