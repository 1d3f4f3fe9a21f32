"""Copies of this process, so that two processors work on one training.

A copy (fork) and not a new process: it shares the vectors that this one has in memory and in files without a name, and
imports nothing again. It starts no threads and asks no library in C that has any.
"""

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
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
def copied(work: Callable[[Connection], None], *, duplex: bool = False) -> Iterator[Connection]:
    """Let a copy of this process do work with the other end of a connection.

    It is gone when the block is left, and ends by itself where it reads or writes once this process is gone.
    """
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex)
    process = context.Process(target=_work, args=(work, ours, theirs), daemon=True)
    with warnings.catch_warnings():
        # From 3.12 on Python warns where there are threads; those of a training watch, and hold no lock a copy takes.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


@contextmanager
def forked(values: Callable[[], Iterable[T]]) -> Iterator[Fork[T]]:
    """Run a generator in a copy beside the block."""
    with copied(partial(_send_all, values)) as connection:
        yield Fork(connection)


def _send_all(values: Callable[[], Iterable[T]], connection: Connection) -> None:
    for value in values():
        connection.send(value)


def _work(work: Callable[[Connection], None], ours: Connection, theirs: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Ctrl-C reaches both: the first process ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # With this end open here, too, the other one would never be closed.
    ours.close()
    # Whoever waits finds that there is no answer. An error's message, which may quote a sentence, is not printed.
    with suppress(Exception):
        work(theirs)
    # Past what else ends with a process: locks of threads that are not here may be held for ever.
    os._exit(0)
