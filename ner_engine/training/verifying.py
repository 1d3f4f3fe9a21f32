"""A copy of this process that waits for the model to verify, from before anything was learned.

It imports nothing again, which takes half of the time of a verification, and has nothing of what was learned since.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from ner_engine.errors import EngineError, VerificationFailed
from ner_engine.model_files.store import VERIFY_SECONDS, verify_in_fresh_process
from ner_engine.prediction.predictor import load_model
from ner_engine.training.fork import CAN_FORK, copied

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
    with copied(_verify, duplex=True) as copy:
        yield partial(_ask, copy)


def _ask(copy: Connection, model_dir: Path) -> None:
    try:
        copy.send(model_dir)
        if not copy.poll(VERIFY_SECONDS):
            raise VerificationFailed(reason="it took too long")
        reason = copy.recv()
    except (EOFError, OSError):
        verify_in_fresh_process(model_dir)
        return
    if reason is not None:
        raise VerificationFailed(reason=reason)


def _verify(asks: Connection) -> None:
    asks.send(_wrong_with(asks.recv()))


def _wrong_with(model_dir: Path) -> str | None:
    try:
        load_model(model_dir)
    except EngineError as error:
        return str(error)
    return None
