"""A generator that runs in a copy of this process, so that two processors work on one training.

A copy (fork) and not a new process: it shares the vectors that this one has in memory and in files without a name, and
imports nothing again. It starts no threads and asks no library in C that has any.
"""

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

T = TypeVar("T")

#: Whether copies are safe here; macOS has libraries that end a copy.
CAN_FORK = sys.platform == "linux"
#: What reading raises where the copy has ended, be it in the middle of a value.
_ENDED = (EOFError, OSError)


class Fork(Generic[T]):
    """The values of a generator in another process, in their order.

    They end where the generator does, and where it fails or its process is killed: whoever needs them all looks for
    what is missing and makes that here, where errors are raised, too.
    """

    def __init__(self, values: Connection) -> None:
        self._values = values

    def ready(self) -> Iterator[T]:
        """Those that are there; waits for none."""
        with suppress(*_ENDED):
            while self._values.poll():
                yield self._values.recv()

    def rest(self) -> Iterator[T]:
        """All that come until the end."""
        with suppress(*_ENDED):
            while True:
                yield self._values.recv()


@contextmanager
def forked(values: Callable[[], Iterable[T]]) -> Iterator[Fork[T]]:
    """Run a generator beside the block; it is gone when the block is left, and soon after this process is."""
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(values, ours, theirs), daemon=True)
    with warnings.catch_warnings():
        # From 3.12 on Python warns where there are threads; those of a training watch, and hold no lock a copy takes.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    try:
        yield Fork(ours)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _send(values: Callable[[], Iterable[T]], ours: Connection, theirs: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Ctrl-C reaches both: the first process ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # With this end open here, too, writing would go on when whoever reads is gone.
    ours.close()
    # An error is raised again where the values are missed; its message, which may quote a sentence, is not printed.
    with suppress(Exception):
        for value in values():
            theirs.send(value)
    # Past what else ends with a process: locks of threads that are not here may be held for ever.
    os._exit(0)
