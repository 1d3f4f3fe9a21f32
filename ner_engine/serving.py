"""``python -m ner_engine.serving [--nice N]``: predictions as a process of its own.

Reads requests from stdin, one JSON object a line, ``{"model": path, "texts": […]}``, and answers each in
order with a line on stdout: ``{"texts": [{"spans": [[start, end, label], …], "confidences": […],
"uncertainty": …}, …]}``, or ``{"error": code, "message": …}``.
The models asked last stay loaded. When stdin ends the parent is gone, and so is the process.
"""

import argparse
import json
import os
import sys
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ner_engine.errors import EngineError

if TYPE_CHECKING:
    from ner_engine.prediction import Predictor

#: Models kept in memory; one more is loaded beside them before the oldest goes.
KEPT = 2


def main() -> int:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m ner_engine.serving")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="give way to others")
    os.nice(parser.parse_args().nice)
    # More threads than one slow small matrices down, and the event loop of the parent shares these cores.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    shelf = Shelf()
    # Libraries that print must not be taken for answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(_answer(shelf, line)) + "\n")
        answers.flush()
    return 0


class Shelf:
    """The models that are loaded, by their directory."""

    def __init__(self) -> None:
        self._predictors: OrderedDict[Path, Predictor] = OrderedDict()

    def take(self, model_dir: Path) -> "Predictor":
        """The model of a directory, loaded now if it is not. Raises EngineError."""
        if model_dir not in self._predictors:
            from ner_engine.prediction import load_model  # noqa: PLC0415 - after the limits on threads

            self._predictors[model_dir] = load_model(model_dir)
        self._predictors.move_to_end(model_dir)
        while len(self._predictors) > KEPT:
            self._predictors.popitem(last=False)
        return self._predictors[model_dir]


def _answer(shelf: Shelf, line: str) -> dict[str, Any]:
    try:
        request = json.loads(line)
        return {"texts": _predict(shelf, Path(request["model"]), request["texts"])}
    except EngineError as error:
        return {"error": error.code, "message": str(error)}
    except Exception as error:  # noqa: BLE001 - the edge of the process; a foreign message may quote a sentence
        return {"error": "unexpected", "message": type(error).__name__}


def _predict(shelf: Shelf, model_dir: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "spans": [[span.start, span.end, span.label] for span in found.spans],
            "confidences": found.confidences,
            "uncertainty": found.uncertainty,
        }
        for found in shelf.take(model_dir).read(texts)
    ]


if __name__ == "__main__":
    sys.exit(main())
