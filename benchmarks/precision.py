"""Whether what goes out is right as often as promised, and what that costs.

    python -m benchmarks.precision CORPUS [CORPUS …] --sizes 100 300 --promises 90 95

For each sample a training as a run makes it: its fold models, the promise made from what they found, and the final
model on the test sentences. ``kept`` says in how many samples the precision of what went out was within two points of
the promise, of all samples, and of those in which it was promised at all; ``holds`` in how many the margin that was
told did; ``noise`` is the standard deviation that the precision of what went out has from the test sentences alone
(drawn again with replacement). ``counted`` is what comes of Clopper and Pearson's bound instead: the lowest threshold
above which the precision is at least the promise, nine times in ten. What the models found is kept (``--keep``): other
promises and methods take no second training.
"""

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass
from math import hypot
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np

from benchmarks.corpora import Gold, neighbours_sample, scored_sample
from ner_engine import TrainingSettings
from ner_engine.checks import OutOfFoldPrediction
from ner_engine.results import Contract, Outcomes
from ner_engine.scoring.contract import NEAR, ONE_SIDED, make_contract
from ner_engine.training.cross_validation import calibrate, fold_model_steps, outcomes
from ner_engine.training.loop import Step, train_model
from ner_engine.training.plan import make_plan

#: Where predictions are kept if nothing else is said.
KEPT = Path(tempfile.gettempdir()) / "nerbot-precision"
_DRAWS = 200
_SURE = 0.9


@dataclass(frozen=True)
class Trained:
    """What fold models found, and what the final one found in each test sentence: label, confidence, whether right."""

    outcomes: tuple[Outcomes, ...]
    calibration: tuple[float, float]
    test: tuple[tuple[tuple[str, float, bool], ...], ...]


@dataclass(frozen=True)
class _Met:
    """What came of a promise; shares in 0..1."""

    contract: Contract
    precision: float
    share: float
    noise: float
    counted: float | None
    counted_share: float

    def holds(self, promise: float) -> bool:
        """Whether it is as near as it was said, as far as the test sentences can tell."""
        margin = self.contract.margin or 0.0
        return abs(self.precision - promise) <= hypot(margin, ONE_SIDED * self.noise)

    def is_near(self, promise: float) -> bool:
        return abs(self.precision - promise) <= NEAR


def main() -> None:
    """Train where that was not done before, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--promises", type=int, nargs="+", default=[90, 95], metavar="PER_CENT")
    parser.add_argument("--test", type=int, default=2_000, help="test sentences")
    parser.add_argument("--keep", type=Path, default=KEPT, help="where predictions are kept")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    print(
        "| corpus | sentences | promise | kept | promised in | kept of these | precision | margin told | holds | "
        "noise | go out | told | entities needed | counted: kept | counted: go out |"
    )
    print("|" + "---|" * 15)
    for corpus in options.corpora:
        for size in options.sizes:
            trained = _all_trained(corpus, size, options)
            for per_cent in options.promises:
                print(_row(corpus.name, size, per_cent / 100, trained), flush=True)


def _all_trained(corpus: Path, size: int, options: argparse.Namespace) -> list[Trained]:
    test: Gold = []
    found = []
    for number in range(options.samples):
        kept = options.keep / f"{corpus.name}-{size}-{number}.json"
        if not kept.exists():
            test = test or scored_sample(corpus, size=options.test)
            trained = _train(neighbours_sample(corpus, seed=number, size=size), test)
            kept.write_text(json.dumps(asdict(trained)), "utf-8")
        found.append(read_trained(json.loads(kept.read_text("utf-8"))))
    return found


def read_trained(values: dict[str, Any]) -> Trained:
    """What was kept of a sample."""
    slope, intercept = values["calibration"]
    return Trained(
        tuple(
            Outcomes(each["label"], tuple(each["right"]), tuple(each["wrong"]))
            for each in values["outcomes"]
        ),
        (slope, intercept),
        tuple(
            tuple((str(label), float(sure), bool(right)) for label, sure, right in some)
            for some in values["test"]
        ),
    )


def _train(gold: Gold, test: Gold) -> Trained:
    plan, settings = make_plan(gold), TrainingSettings()
    scored: dict[str, OutOfFoldPrediction] = {}
    looked_at: dict[str, OutOfFoldPrediction] = {}
    for fold_model in (*plan.fold_models, *plan.others):
        if fold_model.share == 1:
            *_, last = fold_model_steps(fold_model, settings)
            assert not isinstance(last, Step)
            (looked_at if fold_model.looks_for_errors else scored).update(last)
    calibration = calibrate(plan.scored, scored).calibration
    pipeline = train_model(gold, settings)
    pipeline.recognizer.calibrate(calibration)
    read = pipeline.read([annotated.text for annotated in test], ours_only=True)
    return Trained(
        outcomes(gold, looked_at | scored),
        (calibration.slope, calibration.intercept),
        tuple(
            tuple(
                (span.label, sure or 0.0, span in annotated.spans)
                for span, sure in zip(found.spans, found.confidences, strict=True)
            )
            for annotated, found in zip(test, read, strict=True)
        ),
    )


def _row(corpus: str, size: int, promise: float, trained: list[Trained]) -> str:
    each = [_met(one, promise) for one in trained]
    promised = [met for met in each if met.contract.is_kept]
    out = [met for met in each if met.share]
    margins = [met.contract.margin for met in out if met.contract.margin is not None]
    needed = [met.contract.entities_needed for met in out if met.contract.entities_needed]
    holds = sum(met.holds(promise) for met in out)
    counted = [met.counted for met in each if met.counted is not None]
    spread = f" ± {100 * stdev([met.precision for met in out]):.1f}" if len(out) > 1 else ""
    return (
        f"| {corpus} | {size} | {100 * promise:.0f} | {sum(met.is_near(promise) for met in each)} of {len(each)} | "
        f"{len(promised)} | {sum(met.is_near(promise) for met in promised)} of {len(promised)} | "
        f"{100 * mean(met.precision for met in out):.1f}{spread} | {100 * mean(margins):.1f} | "
        f"{holds} of {len(out)} | "
        f"{100 * mean(met.noise for met in out):.1f} | {100 * mean(met.share for met in each):.0f} % | "
        f"{100 * mean(met.contract.share for met in each):.0f} % | {mean(needed):.0f} | "
        f"{sum(abs(one - promise) <= NEAR for one in counted)} of {len(counted)} | "
        f"{100 * mean(met.counted_share for met in each):.0f} % |"
    )


def _met(trained: Trained, promise: float) -> _Met:
    contract = make_contract(trained.outcomes, trained.calibration, promise)
    counts = np.array(
        [
            _count(some, lambda entity: contract.lets_out(entity[0], entity[1]))
            for some in trained.test
        ]
    )
    right, out, found = counts.sum(axis=0)
    random = np.random.default_rng(0)
    drawn = random.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), _DRAWS) @ counts
    noise = float(np.std(drawn[:, 0] / np.maximum(drawn[:, 1], 1)))
    least = _counted(trained, promise)
    counted_right, counted_out, _ = np.sum(
        [_count(some, lambda entity: entity[1] >= least) for some in trained.test], axis=0
    )
    return _Met(
        contract,
        right / out if out else 0.0,
        out / found,
        noise,
        counted_right / counted_out if counted_out else None,
        counted_out / found,
    )


def _count(entities: Any, goes_out: Any) -> tuple[int, int, int]:
    """How many entities go out and are right, go out, and are there."""
    out = [right for label, sure, right in entities if goes_out((label, sure, right))]
    return sum(out), len(out), len(entities)


def _counted(trained: Trained, promise: float) -> float:
    """The lowest confidence above which so many were right that the precision is hardly below the promise."""
    slope, intercept = trained.calibration
    seen = [
        (1 / (1 + np.exp(-(slope * odds + intercept))), right)
        for each in trained.outcomes
        for some, right in ((each.right, True), (each.wrong, False))
        for odds in some
    ]
    least, hits = 2.0, 0
    for number, (sure, right) in enumerate(sorted(seen, reverse=True), start=1):
        hits += right
        if _tail(hits, number, promise) <= 1 - _SURE:
            least = sure
    return float(least)


def _tail(hits: int, number: int, share: float) -> float:
    """How probable it is that so many of a number are right, or more, where this share is."""
    misses = np.arange(number - hits + 1)
    ways = np.concatenate(([0.0], np.cumsum(np.log((number - misses[:-1]) / (misses[:-1] + 1)))))
    odds = ways + (number - misses) * np.log(share) + misses * np.log(1 - share)
    return float(np.exp(odds).sum())


if __name__ == "__main__":
    main()
