"""What a training holds in memory of the sentences it learns, beside what spaCy's docs of them would take.

    python -m benchmarks.held CORPUS --sizes 2000 10000

All parts of the corpus, each text once. Vectors are not counted: those that 64 MB have no room for are in a file. Each
row is a process of its own, whose resident memory is looked at before and after.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import psutil

from benchmarks.corpora import every_text
from ner_engine import TrainingSettings
from ner_engine.pipeline.pipeline import make_pipeline
from ner_engine.training.corpus import make_corpus
from ner_engine.training.lessons import Lessons


def main() -> None:
    """Print a table, or, in a process of its own, one number of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a directory of .jsonl files")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000])
    parser.add_argument("--of", choices=["lessons", "docs"])
    options = parser.parse_args()
    if options.of:
        print(_bytes(options.corpus, options.sizes[0], options.of))
        return
    print("| sentences | held | MB | bytes a sentence |")
    print("|---|---|---|---|")
    for size in options.sizes:
        for kind in ("docs", "lessons"):
            command = [sys.executable, "-m", "benchmarks.held", str(options.corpus)]
            more = ["--sizes", str(size), "--of", kind]
            ended = subprocess.run([*command, *more], capture_output=True, text=True, check=True)
            taken = int(ended.stdout)
            print(f"| {size:,} | {kind} | {taken / 2**20:.1f} | {taken // size:,} |", flush=True)


def _bytes(corpus: Path, size: int, kind: str) -> int:
    gold = every_text(corpus, size)
    nlp = make_pipeline(TrainingSettings(preset="cnn")).nlp
    Lessons(nlp, gold[:50], encoded=True)  # what is made once
    process = psutil.Process()
    before = process.memory_info().rss
    held = make_corpus(nlp, gold) if kind == "docs" else Lessons(nlp, gold, encoded=True)
    taken = process.memory_info().rss - before
    assert held
    return int(taken)


if __name__ == "__main__":
    main()
