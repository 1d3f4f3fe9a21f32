"""A copy of this process that waits for the model to verify, from before anything was learned.

It imports nothing again, which takes half of the time of a verification, and has nothing of what was learned since.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from ner_engine.errors import EngineError, VerificationFailed
from ner_engine.model_files.store import VERIFY_SECONDS, verify_in_fresh_process
from ner_engine.prediction.predictor import load_model
from ner_engine.training.fork import CAN_FORK

Verify = Callable[[Path], None]
"""Raises VerificationFailed where the model in a folder is not whole, or does not work."""


@contextmanager
def waiting_to_verify() -> Iterator[Verify]:
    """What verifies a model by a process that knows nothing of it but its files; begin it before anything is learned.

    Where there are no copies, or this one was ended for its memory, that is a process of its own as ever.
    """
    if not CAN_FORK:
        yield verify_in_fresh_process
        return
    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_verify, args=(ours, theirs), daemon=True)
    process.start()
    theirs.close()

    def verify(model_dir: Path) -> None:
        try:
            ours.send(model_dir)
            if not ours.poll(VERIFY_SECONDS):
                raise VerificationFailed(reason="it took too long")
            reason = ours.recv()
        except (EOFError, OSError):
            verify_in_fresh_process(model_dir)
            return
        if reason is not None:
            raise VerificationFailed(reason=reason)

    try:
        yield verify
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _verify(ours: Connection, theirs: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # With this end open here, too, nobody would hear that whoever asks is gone.
    ours.close()
    with suppress(Exception):
        theirs.send(_wrong_with(theirs.recv()))
    # Past what else ends with a process: locks of threads that are not here may be held for ever.
    os._exit(0)


def _wrong_with(model_dir: Path) -> str | None:
    try:
        load_model(model_dir)
    except EngineError as error:
        return str(error)
    return None
