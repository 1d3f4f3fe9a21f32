"""How fast and how heavy: predictions of one process on one core, and whole runs.

    python -m benchmarks.speed CORPUS

Predictions are made as they are served: a saved model in the process that predicts, its encoder at work
on every sentence. By the processor is what that process uses, whatever else the machine does. Memory is
what it holds; growth is over 100,000 sentences of new words.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, quantiles
from typing import IO, Any

import psutil

from benchmarks.corpora import Gold, sample
from ner_engine import to_json
from ner_engine.encoder.choice import PACKAGED

MODEL_SENTENCES, SINGLE, BULK, BULK_AT_ONCE = 200, 500, 1_000, 32
NEW_WORDS, NEW_AT_ONCE, SETTLED = 100_000, 64, 5_000


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a folder of train.jsonl and test.jsonl")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--new-words", type=int, default=NEW_WORDS)
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| a whole run of nerbot train | wall s | processor s |")
        print("|---|---|---|")
        for size in options.sizes:
            taken = _run(options.corpus, folder, size, options.encoder)
            print(f"| {size} sentences | {taken} |", flush=True)
        _run(options.corpus, folder, MODEL_SENTENCES, options.encoder)
        with _serving(folder / str(MODEL_SENTENCES)) as server:
            _predictions(server, sample(options.corpus / "test.jsonl", seed=1, size=BULK))
            _growth(server, options.new_words)


def _run(corpus: Path, folder: Path, size: int, encoder: str) -> str:
    data, out = folder / f"{size}.jsonl", folder / str(size)
    gold = sample(corpus / "train.jsonl", seed=0, size=size)
    data.write_text("".join(json.dumps(to_json(annotated)) + "\n" for annotated in gold))
    started, before = time.monotonic(), _children()
    command = [
        sys.executable,
        "-m",
        "bot",
        "train",
        "--data",
        str(data),
        "--out",
        str(out),
        "--encoder",
        encoder,
        "--json",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return f"{time.monotonic() - started:.1f} | {_children() - before:.1f}"


def _children() -> float:
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


class _Server:
    """The process that predicts, asked as the bot asks it."""

    def __init__(self, process: "subprocess.Popen[str]", model: Path) -> None:
        self.pid, self._model = process.pid, str(model)
        self._in, self._out = _open(process.stdin), _open(process.stdout)

    def ask(self, texts: list[str]) -> dict[str, Any]:
        self._in.write(json.dumps({"model": self._model, "texts": texts}) + "\n")
        self._in.flush()
        answer: dict[str, Any] = json.loads(self._out.readline())
        return answer

    @property
    def processor_seconds(self) -> float:
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    @property
    def megabytes(self) -> float:
        return psutil.Process(self.pid).memory_info().rss / 2**20


def _open(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@contextmanager
def _serving(model: Path) -> Iterator[_Server]:
    command = [sys.executable, "-m", "ner_engine.processes.prediction_server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        server = _Server(process, model)
        server.ask(["Warm."])
        yield server
        _open(process.stdin).close()


def _predictions(server: _Server, test: Gold) -> None:
    texts = [annotated.text for annotated in test]
    single, used = [], server.processor_seconds
    for text in texts[:SINGLE]:
        started = time.perf_counter()
        server.ask([text])
        single.append(1_000 * (time.perf_counter() - started))
    used_single = 1_000 * (server.processor_seconds - used) / len(single)
    started, used = time.perf_counter(), server.processor_seconds
    for start in range(0, len(texts), BULK_AT_ONCE):
        server.ask(texts[start : start + BULK_AT_ONCE])
    bulk = len(texts) / (time.perf_counter() - started)
    used_bulk = len(texts) / (server.processor_seconds - used)
    cuts = quantiles(single, n=20)
    print(
        "\n| one by one: mean ms | median | 95th percentile | by the processor | "
        "in bulk: sentences/s | by the processor | resident MB |"
    )
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {mean(single):.1f} | {cuts[9]:.1f} | {cuts[18]:.1f} | {used_single:.1f} | {bulk:.0f} | "
        f"{used_bulk:.0f} | {server.megabytes:.0f} |",
        flush=True,
    )


def _growth(server: _Server, sentences: int) -> None:
    _ask_new_words(server, 0, SETTLED)
    before = server.megabytes
    _ask_new_words(server, SETTLED, SETTLED + sentences)
    print(f"\n{sentences:,} sentences of new words: {server.megabytes - before:+.1f} MB resident")


def _ask_new_words(server: _Server, first: int, last: int) -> None:
    for start in range(first, last, NEW_AT_ONCE):
        numbers = range(start, min(start + NEW_AT_ONCE, last))
        server.ask([f"Patient q{number} took zz{number}ol." for number in numbers])


if __name__ == "__main__":
    main()
