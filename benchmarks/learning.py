"""How well models learn from few sentences, on a corpus in ``train.jsonl`` and ``test.jsonl``.

    python -m benchmarks.learning CORPUS --sizes 100 200 --seeds 0 1 2

A sample is the shuffled training part's first n sentences; the test is always the same 1,000. Scores
are strict entity F1; ``trained`` is CPU time without the encoder's vectors, which are computed first.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from ner_engine import AnnotatedText, TrainingSettings, evaluate, parse_line  # noqa: E402
from ner_engine.training import feature_steps, train_model  # noqa: E402

TEST_SENTENCES = 1_000


def main() -> None:
    """Train on every size and seed and print a table."""
    parser = argparse.ArgumentParser(description="Train on few sentences and score.")
    parser.add_argument("corpus", type=Path, help="a directory with train.jsonl and test.jsonl")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--preset", choices=["encoder", "cnn"], default="encoder")
    parser.add_argument("--steps", type=int, help="batches, where not as the recipe says")
    options = parser.parse_args()
    settings = TrainingSettings(preset=options.preset, steps=options.steps)
    test = sample(options.corpus / "test.jsonl", seed=1, size=TEST_SENTENCES)
    list(feature_steps(test, settings))
    print(f"{'sentences':>9} {'seed':>4} {'P':>6} {'R':>6} {'F':>6} {'trained':>8}")
    for size in options.sizes:
        scores = []
        for row in rows(options.corpus, size, options.seeds, settings, test):
            scores.append(row[3])
            print(f"{size:9} {row[0]:4} {row[1]:6.1f} {row[2]:6.1f} {row[3]:6.1f} {row[4]:6.1f} s")
        print(f"{size:9} mean {mean(scores):20.1f}")


def rows(
    corpus: Path,
    size: int,
    seeds: list[int],
    settings: TrainingSettings,
    test: list[AnnotatedText],
) -> Iterator[tuple[int, float, float, float, float]]:
    """Seed, precision, recall, F1 in percent, and seconds of CPU time."""
    gold, texts = [annotated.spans for annotated in test], [annotated.text for annotated in test]
    for seed in seeds:
        learned = sample(corpus / "train.jsonl", seed=seed, size=size)
        list(feature_steps(learned, settings))
        started = time.process_time()
        pipeline = train_model(learned, settings)
        seconds = time.process_time() - started
        score = evaluate(gold, pipeline.find(texts)).overall
        yield seed, 100 * score.precision, 100 * score.recall, 100 * score.f1, seconds


def sample(path: Path, *, seed: int, size: int) -> list[AnnotatedText]:
    """The first sentences of a file after shuffling it."""
    lines = path.read_text("utf-8").splitlines()
    random.Random(seed).shuffle(lines)
    return [parse_line(json.loads(line)) for line in lines[:size]]


if __name__ == "__main__":
    main()
