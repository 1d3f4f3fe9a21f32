"""What processes of the engine have in common: they give way to others, and answer requests line by line."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ner_engine.errors import EngineError
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from ner_engine.prediction.predictor import Predictor

Answer = dict[str, Any]


def restrain(*, nice: int) -> None:
    """Give way to others, with one thread for matrices; before numpy is there."""
    # More threads than one slow small matrices down, and others share these cores.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.nice(nice)


def answer_all(requests: Iterable[str], answer: Callable[[str], Answer]) -> None:
    """Answer each request in order with a line of JSON on stdout, which is nobody else's from then on."""
    # Libraries that print must not be taken for answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in requests:
        answers.write(json.dumps(answer(line)) + "\n")
        answers.flush()


def failure(error: Exception) -> Answer:
    """The answer where something went wrong; a foreign message may quote a sentence, so only its kind is told."""
    if isinstance(error, EngineError):
        return {"error": error.code, "message": str(error)}
    return {"error": "unexpected", "message": type(error).__name__}


class OneModel:
    """The model that was asked for last, loaded."""

    def __init__(self) -> None:
        self._loaded: tuple[Path, Predictor] | None = None

    def load(self, model_dir: Path) -> "Predictor":
        """The model of a directory; raises EngineError."""
        if self._loaded is None or self._loaded[0] != model_dir:
            import_spacy()
            from ner_engine.prediction.predictor import load_model  # noqa: PLC0415 - after the limits on threads

            self._loaded = model_dir, load_model(model_dir)
        return self._loaded[1]
