"""Whether the score a team is told is the one it will meet: cross-validation against a test set.

    python -m benchmarks.honesty CORPUS [CORPUS …] --sizes 50 100 200 --samples 0 1 2 3 4

Told is the F1 that a run of so many sentences reports from its folds; met is that of its final model on
the test sentences. ``inside`` says how often the test score lies in the told 95 % interval.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold, score, scored_sample, training_sample
from ner_engine import TrainingSettings, evaluate
from ner_engine.results import Scores
from ner_engine.training.cross_validation import fold_model_steps, make_plan, sides_of
from ner_engine.training.loop import Step, train_model


@dataclass(frozen=True)
class _Pair:
    """Shares from 0 to 1."""

    told: Scores
    met: float

    @property
    def distance(self) -> float:
        return self.told.overall.f1 - self.met

    @property
    def is_inside(self) -> bool:
        low, high = self.told.interval
        return low <= self.met <= high


def main() -> None:
    """Train and score, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    options = parser.parse_args()
    print(
        "| corpus | sentences | told F1 | met F1 | mean absolute error | bias | inside | samples |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for corpus in options.corpora:
        test = scored_sample(corpus)
        for size in options.sizes:
            pairs = [_measure(corpus, size, number, test) for number in options.samples]
            print(_row(corpus.name, size, pairs), flush=True)


def _measure(corpus: Path, size: int, number: int, test: Gold) -> _Pair:
    gold = training_sample(corpus, seed=number, size=size)
    return _Pair(told_score(gold), score(train_model(gold), test).f1)


def told_score(gold: Gold) -> Scores:
    """What a run would say of its sentences."""
    plan, settings = make_plan(gold), TrainingSettings()
    predictions = {
        key: prediction
        for fold_model in plan.fold_models
        if fold_model.share == 1
        for value in fold_model_steps(fold_model, settings)
        if not isinstance(value, Step)
        for key, prediction in value.items()
    }
    return evaluate(*sides_of(plan.scored, predictions))


def _row(corpus: str, size: int, pairs: list[_Pair]) -> str:
    told, met = mean(pair.told.overall.f1 for pair in pairs), mean(pair.met for pair in pairs)
    error, bias = mean(abs(pair.distance) for pair in pairs), mean(pair.distance for pair in pairs)
    inside = sum(pair.is_inside for pair in pairs)
    return (
        f"| {corpus} | {size} | {100 * told:.1f} | {100 * met:.1f} | {100 * error:.1f} | {100 * bias:+.1f} | "
        f"{inside} of {len(pairs)} | {len(pairs)} |"
    )


if __name__ == "__main__":
    main()
