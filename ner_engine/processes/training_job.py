"""``python -m ner_engine.processes.training_job DIR``: one training as a process of its own.

Reads ``DIR/job.json``, ``{"settings": {…}, "live_model": path, "vectors": path}`` (either path may be
null; ``vectors`` is where encoded texts are kept for the next job), ``DIR/gold.jsonl``, one sentence
a line, and, if they are there, ``DIR/sentence_ids.txt``, the caller's number of each, a line each, and
``DIR/unlabelled.jsonl``, sentences that nobody labelled, for a preset that learns from them. Leaves a
verified ``DIR/model`` and ``DIR/result.json``. Tells its progress on stdout, one JSON object a line, and
its troubles on stderr. SIGTERM cancels between two batches. When stdin ends the parent is gone, and the
process ends itself at once.

Ends with 0 succeeded, 1 failed, 2 cancelled, 3 abandoned by its parent.
"""

import argparse
import errno
import json
import math
import os
import shutil
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import (
    EngineError,
    InvalidLine,
    JobInvalid,
    TrainingCancelled,
    TrainingTooLong,
)
from ner_engine.formats.json_lines import parse_lines
from ner_engine.processes.answering import restrain
from ner_engine.processes.memory_limit import MemoryLimit
from ner_engine.processes.processors import usable_processors
from ner_engine.results import Progress, Trained
from ner_engine.settings import TrainingSettings
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from ner_engine.training.result import Result

SUCCEEDED, FAILED, CANCELLED, ABANDONED = range(4)
#: Seconds between two progress lines of the same stage.
INTERVAL = 0.25
_NO_MEMORY = "The training needs more memory than it may use"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def main(arguments: list[str] | None = None) -> int:
    """Run the job of a directory; the exit code says how it ended."""
    options = _parse_arguments(arguments)
    warnings.showwarning = _warn
    restrain(nice=options.nice)
    memory = MemoryLimit(options.memory_mb)
    memory.enforce(_end_without_memory)
    if not options.detached:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    cancelled = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: cancelled.set())
    try:
        trained = _run(
            options.directory,
            cancelled,
            minutes=options.minutes,
            processes=min(options.processes, usable_processors()),
        )
    except TrainingCancelled:
        _tell(event="cancelled")
        return CANCELLED
    except EngineError as error:
        _tell(event="failed", code=error.code, words=str(error))
        return FAILED
    except Exception as error:  # noqa: BLE001 the edge of the process: whoever waits gets an answer
        return _fail_unexpectedly(error, memory)
    _tell(event="succeeded", **asdict(trained))
    return SUCCEEDED


def _run(directory: Path, cancelled: threading.Event, *, minutes: float, processes: int) -> Trained:
    job = _read_job(directory)
    gold = _read_texts(directory / "gold.jsonl")
    unlabelled = directory / "unlabelled.jsonl"
    # Imported here: spaCy and numpy have to see the limits on threads.
    import_spacy()
    from ner_engine.encoder.vector_store import VectorStore  # noqa: PLC0415
    from ner_engine.model_files.store import clean_leftovers  # noqa: PLC0415
    from ner_engine.training.run import run_steps  # noqa: PLC0415
    from ner_engine.training.summary import summarize, suspected  # noqa: PLC0415
    from ner_engine.training.verifying import waiting_to_verify  # noqa: PLC0415

    clean_leftovers(directory)
    shutil.rmtree(directory / "model", ignore_errors=True)  # of an earlier try
    clock = _Clock()
    store = VectorStore(job.vectors) if job.vectors else None
    with waiting_to_verify() as verify:
        steps = run_steps(
            gold,
            job.settings,
            target=directory / "model",
            live=job.live,
            live_version=job.live_version,
            store=store,
            processes=processes,
            unlabelled=[one.text for one in _read_texts(unlabelled)] if unlabelled.exists() else (),
            verify=verify,
        )
        for value in steps:
            if cancelled.is_set():
                raise TrainingCancelled
            if clock.elapsed() > 60 * minutes:
                raise TrainingTooLong(minutes=minutes)
            if isinstance(value, Progress):
                clock.tell(value)
            else:
                _keep_result(directory, value, clock.elapsed())
                ids = job.sentence_ids or range(len(gold))
                return Trained(summarize(value, ids), value.labels, suspected(value, ids))
    raise AssertionError


class _Clock:
    """Tells progress, not too often, with the time that is left."""

    def __init__(self) -> None:
        self._started = self._told = time.monotonic()
        self._stage = ""

    def elapsed(self) -> float:
        return time.monotonic() - self._started

    def tell(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage == self._stage and now - self._told < INTERVAL and progress.done < 1:
            return
        self._stage, self._told = progress.stage, now
        left = (1 / progress.done - 1) * self.elapsed() if progress.done > 0 else None
        seconds_left = None if left is None else round(left)
        _tell(event="progress", **asdict(replace(progress, seconds_left=seconds_left)))


@dataclass(frozen=True, slots=True)
class _Job:
    """What job.json asks for."""

    settings: TrainingSettings
    live: Path | None
    live_version: int
    vectors: Path | None
    sentence_ids: Sequence[int]


def _read_job(directory: Path) -> _Job:
    try:
        job = json.loads((directory / "job.json").read_text("utf-8"))
        settings = job.get("settings", {})
        live, vectors = job.get("live_model"), job.get("vectors")
        live_version, sentence_ids = job.get("live_version", 0), _read_ids(directory)
    except (OSError, ValueError, AttributeError) as error:
        raise JobInvalid(reason="job.json is missing or no JSON object") from error
    if not isinstance(settings, dict) or not all(
        isinstance(x, str | None) for x in (live, vectors)
    ):
        raise JobInvalid(reason="settings is an object, live_model and vectors a path or null")
    if not isinstance(live_version, int):
        raise JobInvalid(reason="live_version is a whole number")
    return _Job(
        settings=TrainingSettings.from_json(settings),
        live=Path(live) if live else None,
        live_version=live_version,
        vectors=Path(vectors) if vectors else None,
        sentence_ids=sentence_ids,
    )


def _read_ids(directory: Path) -> Sequence[int]:
    path = directory / "sentence_ids.txt"
    if not path.exists():
        return ()
    try:
        return [int(line) for line in path.read_text("ascii").splitlines()]
    except ValueError as error:
        raise JobInvalid(reason="sentence_ids.txt has a whole number a line") from error


def _read_texts(path: Path) -> list[AnnotatedText]:
    try:
        with path.open(encoding="utf-8") as lines:
            return list(parse_lines(lines))
    except InvalidLine as error:
        raise JobInvalid(reason=f"in {path.name}, {_lower(str(error))}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise JobInvalid(reason=f"{path.name} is missing or not UTF-8") from error


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:].rstrip(".")


def _keep_result(directory: Path, result: "Result", seconds: float) -> None:
    values = result.to_json() | {"seconds": round(seconds, 1)}
    unfinished = directory / "result.json.unfinished"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(values, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(directory / "result.json")


def _tell(**event: Any) -> None:
    sys.stdout.buffer.write(_line(**event))
    sys.stdout.buffer.flush()


def _line(**event: Any) -> bytes:
    return (json.dumps(event) + "\n").encode()


def _fail_unexpectedly(error: Exception, memory: MemoryLimit) -> int:
    # Only where it happened: the message of a foreign error may quote a sentence.
    sys.stderr.write(
        "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n"
    )
    code, what = "unexpected", f"Something unexpected happened ({type(error).__name__})"
    if memory.explains(error):
        code, what = "out_of_memory", _NO_MEMORY
    if isinstance(error, OSError) and error.errno in _FULL:
        code, what = "disk_full", "There is no room left on the disk"
    _tell(event="failed", code=code, words=f"{what}. Train again, or ask whoever runs this bot.")
    return FAILED


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    # Only where it happened: spaCy's warnings quote the sentence they are about.
    del message, file, line
    sys.stderr.write(f"{category.__name__} at {filename}:{lineno}\n")


def _parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ner_engine.processes.training_job", description="Train a model."
    )
    parser.add_argument("directory", type=Path, help="with job.json and gold.jsonl")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="give way to others")
    parser.add_argument("--memory-mb", type=int, metavar="N", help="the most memory to use")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, metavar="N", help="the most time to take"
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=1,
        choices=(1, 2),
        help="2: models of folds are made beside the final one",
    )
    parser.add_argument("--detached", action="store_true", help="go on when stdin ends")
    return parser.parse_args(arguments)


def _end_without_memory() -> None:
    # Past Python's own streams: the main thread may wait for ever with their locks held.
    os.write(1, _line(event="failed", code="out_of_memory", words=f"{_NO_MEMORY}."))
    os._exit(FAILED)


def _end_with_parent() -> None:
    # os.read, not sys.stdin: a thread inside a buffered reader is fatal to an interpreter that ends.
    while os.read(0, 4096):
        pass
    if os.getpgrp() == os.getpid():
        # The process that checks a saved model is in our group, and goes with us.
        os.killpg(0, signal.SIGKILL)
    os._exit(ABANDONED)


if __name__ == "__main__":
    sys.exit(main())
