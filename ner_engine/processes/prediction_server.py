"""``python -m ner_engine.processes.prediction_server [--nice N]``: predictions as a process of its own.

Reads requests from stdin, one JSON object a line, and answers each with a line on stdout that carries its
``id``. ``{"id": n, "model": path, "texts": […]}`` is answered in order with ``{"id": n, "texts": [{"spans":
[[start, end, label], …], "confidences": […], "uncertainty": …}, …]}``; ``{"id": n, "model": path, "hints":
text}`` with ``{"id": n, "hints": [{"span": …, "probability": …}, …]}``, phrases that may be entities, the most
probable first; ``{"id": n, "model": path, "mark": […], "labels": […], "promise": …}`` with what
:class:`~ner_engine.redaction.values.Marks` holds, where texts are redacted; ``{"id": n, "load": path}`` with
``{"id": n, "loaded": path}`` once the model is loaded and found its canaries, while questions go on being
answered; ``{"id": n, "wake": true}`` with ``{"id": n, "awake": true}`` once a model needs only to be loaded; any
with ``{"id": n, "error": code, "message": …}``.
The models asked last stay loaded. When stdin ends the parent is gone, and so is the process.
"""

import argparse
import json
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cachetools import LRUCache

from ner_engine.processes.answering import failure, restrain
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from ner_engine.prediction.predictor import Predictor

#: Models kept in memory, 3 MB each beside what they share; one more is loaded beside them before the oldest goes.
KEPT = 8

SWITCH_SECONDS = 0.0002


def main() -> int:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m ner_engine.processes.prediction_server")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="give way to others")
    restrain(nice=parser.parse_args().nice)
    # Who asks does not wait long for the interpreter while a model is being loaded.
    sys.setswitchinterval(SWITCH_SECONDS)
    # Libraries that print must not be taken for answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    _serve(sys.stdin, answers)
    return 0


def _serve(requests: Iterable[str], answers: TextIO) -> None:
    models, saying = LoadedModels(), threading.Lock()

    def say(answer: Mapping[str, Any]) -> None:
        line = json.dumps(answer) + "\n"
        with saying:
            answers.write(line)
            answers.flush()

    def answer(request: Mapping[str, Any]) -> None:
        say(_answer(models, request))

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="loading") as loading:
        for line in requests:
            request = json.loads(line)
            if "load" in request or "wake" in request:
                loading.submit(answer, request)
            else:
                answer(request)
        loading.shutdown(wait=False, cancel_futures=True)


class LoadedModels:
    """The models that are loaded, by their directory. One is loaded beside them, then it takes its place."""

    def __init__(self) -> None:
        self._predictors: LRUCache[Path, Predictor] = LRUCache(KEPT)
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    def take(self, model_dir: Path) -> "Predictor":
        """The model of a directory, loaded now if it is not. Raises EngineError."""
        return self._get(model_dir) or self._load(model_dir)

    def prepare(self) -> None:
        """Import what loads a model."""
        import_spacy()
        import ner_engine.prediction.predictor  # noqa: F401, PLC0415 - after the limits on threads

    def _get(self, model_dir: Path) -> "Predictor | None":
        with self._lock:
            return self._predictors.get(model_dir)

    def _load(self, model_dir: Path) -> "Predictor":
        with self._loading:
            import_spacy()
            from ner_engine.prediction.predictor import load_model  # noqa: PLC0415 - after the limits on threads

            loaded = self._get(model_dir) or load_model(model_dir)
        with self._lock:
            self._predictors[model_dir] = loaded
        return loaded


def _answer(models: LoadedModels, request: Mapping[str, Any]) -> dict[str, Any]:
    number = request.get("id")
    try:
        if "wake" in request:
            models.prepare()
            return {"id": number, "awake": True}
        if "load" in request:
            models.take(Path(request["load"]))
            return {"id": number, "loaded": request["load"]}
        if "hints" in request:
            found = models.take(Path(request["model"])).hints(request["hints"])
            return {"id": number, "hints": [asdict(hint) for hint in found]}
        if "mark" in request:
            return {"id": number, **_mark(models, request)}
        return {"id": number, "texts": _predict(models, Path(request["model"]), request["texts"])}
    except Exception as error:  # noqa: BLE001 - the edge of the process
        return {"id": number, **failure(error)}


def _mark(models: LoadedModels, request: Mapping[str, Any]) -> dict[str, Any]:
    from ner_engine.redaction.marks import mark  # noqa: PLC0415 - as above

    folder = Path(request["model"])
    asked = {"labels": request["labels"], "promise": request["promise"]}
    return asdict(mark(models.take(folder), folder, request["mark"], **asked))


def _predict(models: LoadedModels, model_dir: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    return [asdict(found) for found in models.take(model_dir).read(texts)]


if __name__ == "__main__":
    sys.exit(main())
