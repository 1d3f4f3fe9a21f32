"""Whether the score a team is told is the one it will meet: cross-validation against a test set.

    python -m benchmarks.honesty CORPUS [CORPUS …] --sizes 50 100 200 --samples 0 1 2 3 4

Told is the F1 that a run of so many sentences reports from its folds; met is that of its final model on
the test sentences. ``inside`` says how often the test score lies in the told 95 % interval. ``ungrouped``
is what would be told if sentences of one document could be learned from and scored: --run 10 takes ten
neighbouring lines as a document, as teams label whole messages; without it sentences are drawn one by
one, and those within five lines of each other are of one document.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold, document_sample, neighbours_sample, score, scored_sample
from ner_engine import TrainingSettings, evaluate
from ner_engine.results import Scores
from ner_engine.training.cross_validation import fold_model_steps, sides_of
from ner_engine.training.loop import Step, train_model
from ner_engine.training.plan import make_plan


@dataclass(frozen=True)
class _Pair:
    """Shares from 0 to 1."""

    told: Scores
    ungrouped: Scores
    met: float

    @property
    def distance(self) -> float:
        return self.told.overall.f1 - self.met

    @property
    def kindness(self) -> float:
        """How much more would be told if documents were torn apart."""
        return self.ungrouped.overall.f1 - self.told.overall.f1

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
    parser.add_argument("--run", type=int, metavar="LINES", help="label whole documents")
    options = parser.parse_args()
    print(
        "| corpus | sentences | ungrouped | told F1 | met F1 | mean absolute error | bias | inside | samples |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for corpus in options.corpora:
        test = scored_sample(corpus)
        for size in options.sizes:
            pairs = [
                _measure(_sample(corpus, size, number, options.run), test)
                for number in options.samples
            ]
            print(_row(corpus.name, size, pairs), flush=True)


def _sample(corpus: Path, size: int, number: int, run: int | None) -> Gold:
    if run:
        return document_sample(corpus, seed=number, size=size, run=run)
    return neighbours_sample(corpus, seed=number, size=size)


def _measure(gold: Gold, test: Gold) -> _Pair:
    apart = [replace(annotated, group=None) for annotated in gold]
    return _Pair(told_score(gold), told_score(apart), score(train_model(gold), test).f1)


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
    kindness = mean(pair.kindness for pair in pairs)
    error, bias = mean(abs(pair.distance) for pair in pairs), mean(pair.distance for pair in pairs)
    inside = sum(pair.is_inside for pair in pairs)
    return (
        f"| {corpus} | {size} | {100 * (told + kindness):.1f} | {100 * told:.1f} | {100 * met:.1f} | "
        f"{100 * error:.1f} | {100 * bias:+.1f} | "
        f"{inside} of {len(pairs)} | {len(pairs)} |"
    )


if __name__ == "__main__":
    main()
