"""`make bench`: run benchmarks one after the other and keep what they print in RESULTS.md.

    python -m benchmarks CORPUS [SECOND …] [--only learning speed]

CORPUS is a folder of train.jsonl and test.jsonl that the engine was tuned on (on other parts of it);
those after it are corpora it was not tuned on. Each benchmark is a section of benchmarks/RESULTS.md with
the command that gives it; ``--only`` makes those sections anew and leaves the others as they are. What was
written by hand stays: sections of other names, and in a section all from its first heading (``###``) on.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks.results import HEAD, with_section

RESULTS = Path(__file__).with_name("RESULTS.md")
CORPUS, OTHERS = "CORPUS", "OTHERS"
MEANINGS = "benchmarks/meanings.json"


@dataclass(frozen=True)
class _Benchmark:
    """A section of the results: a module and its arguments."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()

    def commands(self, corpora: list[str]) -> Iterator[list[str]]:
        """One for the corpus, or one for each of the others."""
        if OTHERS in self.arguments:
            for other in corpora[1:]:
                yield [self.module, *(other if word == OTHERS else word for word in self.arguments)]
        else:
            yield [
                self.module,
                *(corpora[0] if word == CORPUS else word for word in self.arguments),
            ]


_SAMPLES = ("--samples", "0", "1", "2")
_SIZES = ("--sizes", "50", "100", "200", "500", "1000")
BENCHMARKS = (
    _Benchmark(
        "learning",
        "benchmarks.learning",
        (CORPUS, *_SIZES, *_SAMPLES, "--seeds", "0", "1", "2"),
    ),
    _Benchmark(
        "side-by-side",
        "benchmarks.learning",
        (
            CORPUS, "--sizes", "50", "100", "200", "--samples", "0",
            "--methods", "encoder", "cnn", "tutorial",
        ),
    ),
    _Benchmark(
        "beside-spacy-train",
        "benchmarks.learning",
        (
            CORPUS, "--sizes", "100", "200", "--samples", "0",
            "--methods", "encoder", "spacy-train",
        ),
    ),
    _Benchmark(
        "other-corpora",
        "benchmarks.learning",
        (OTHERS, "--sizes", "50", "100", *_SAMPLES, "--methods", "encoder", "tutorial"),
    ),
    _Benchmark(
        "learning-mpnet",
        "benchmarks.learning",
        (CORPUS, "--encoder", "mpnet", *_SIZES, *_SAMPLES),
    ),
    _Benchmark(
        "first-labels",
        "benchmarks.first_labels",
        (CORPUS, "--meanings", MEANINGS, "--encoder", "mpnet", "--sizes", "0", "3", "5", "10", "20"),
    ),
    _Benchmark("memory", "benchmarks.memory", (CORPUS, "--encoders", "minilm", "mpnet")),
    _Benchmark("onnx-reader", "benchmarks.onnx_reader", (CORPUS, "--encoders", "minilm", "mpnet")),
    _Benchmark("honesty", "benchmarks.honesty", (CORPUS,)),
    _Benchmark("honesty-documents", "benchmarks.honesty", (CORPUS, "--run", "10")),
    _Benchmark("honesty-elsewhere", "benchmarks.honesty", (OTHERS,)),
    _Benchmark("calibration", "benchmarks.calibration", (CORPUS, "--sizes", "100", "200")),
    _Benchmark("calibration-elsewhere", "benchmarks.calibration", (OTHERS,)),
    _Benchmark("precision", "benchmarks.precision", (CORPUS,)),
    _Benchmark("health", "benchmarks.health", (CORPUS,)),
    _Benchmark("selection", "benchmarks.selection", (CORPUS,)),
    _Benchmark("partial", "benchmarks.partial", (CORPUS,)),
    _Benchmark("errors-found", "benchmarks.errors_found", (CORPUS,)),
    _Benchmark("errors-found-elsewhere", "benchmarks.errors_found", (OTHERS,)),
    _Benchmark("second-opinions", "benchmarks.second_opinions", (CORPUS,)),
    _Benchmark("speed", "benchmarks.speed", (CORPUS,)),
    _Benchmark("asked-again", "benchmarks.asked_again", (CORPUS, "--encoder", "mpnet")),
    _Benchmark(
        "stages", "benchmarks.stages", (CORPUS, "--encoder", "mpnet", "--sizes", "1000", "10000")
    ),
    _Benchmark("held", "benchmarks.held", (CORPUS,)),
    _Benchmark("fix-to-live", "benchmarks.fix_to_live", (CORPUS,)),
    _Benchmark("start", "benchmarks.start"),
    _Benchmark("hops", "benchmarks.hops"),
    _Benchmark("wire", "benchmarks.wire", (CORPUS,)),
    _Benchmark("acks", "benchmarks.acks", (CORPUS,)),
    _Benchmark("serving", "benchmarks.serving", (CORPUS,)),
    _Benchmark("queue", "benchmarks.queue"),
    _Benchmark("team", "benchmarks.team"),
    _Benchmark("counts", "benchmarks.counts"),
    _Benchmark("actions", "benchmarks.labelling_actions", (CORPUS,)),
)  # fmt: skip


def main() -> int:
    """Run them, keeping each section as soon as it is there; the first that fails ends it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="+", metavar="CORPUS")
    parser.add_argument("--only", nargs="+", choices=[one.name for one in BENCHMARKS])
    options = parser.parse_args()
    for benchmark in BENCHMARKS:
        if options.only and benchmark.name not in options.only:
            continue
        section = ""
        for command in benchmark.commands(options.corpora):
            printed = _run(command)
            if printed is None:
                return 1
            section += printed
        if section:
            _keep(benchmark.name, section)
    return 0


def _run(command: list[str]) -> str | None:
    """The section's text, printed as it comes; None where the benchmark failed."""
    words = f"python -m {' '.join(command)}"
    print(f"\n$ {words}", flush=True)
    started = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            # A table begins after an empty line.
            lines.append(f"\n{line}" if _begins_table(line, lines) else line)
    if process.returncode:
        return None
    minutes = (time.monotonic() - started) / 60
    return f"\n    {words}\n\n{''.join(lines)}\n{_machine()}, {minutes:.0f} min\n"


def _begins_table(line: str, before: list[str]) -> bool:
    return line.startswith("|") and bool(before) and not before[-1].lstrip("\n").startswith("|")


def _machine() -> str:
    versions = " ".join(f"{name} {metadata.version(name)}" for name in ("spacy", "onnxruntime"))
    day = datetime.now(UTC).date()
    return (
        f"{day}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {versions}, "
        f"commit {_commit()}"
    )


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _keep(name: str, section: str) -> None:
    before = RESULTS.read_text("utf-8") if RESULTS.exists() else HEAD
    RESULTS.write_text(with_section(before, name, section), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
