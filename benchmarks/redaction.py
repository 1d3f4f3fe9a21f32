"""Whether no more slips through than was promised, and what that costs.

    python -m benchmarks.redaction CORPUS [CORPUS …] --sizes 300 --slips 1 2 5 10 --keep FOLDER

For each sample a training as a run makes it: its fold models, the promise made from what they say of words they did not
learn, and the final model on the test sentences. An entity slips through where a word of it can be read. ``promised
in`` says in how many samples the promise could be made, ``kept in`` in how many of these no label's slip was above it;
``slip`` is that of the label with most of it, in the mean and in the worst sample; ``usual`` is what slips where only
what the model finds is masked. ``masked`` is the share of all words that are masked, ``told`` what was told of it
before, ``needlessly`` the share of the words in no entity. What the models say is kept in FOLDER: other promises take
no second training.
"""

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold, neighbours_sample, scored_sample
from ner_engine import TrainingSettings
from ner_engine.model_files.marginals import read_marginals, write_marginals
from ner_engine.pipeline.shares import read_shares, token_shares
from ner_engine.redaction.contract import make_slip
from ner_engine.redaction.values import Slip
from ner_engine.token_shares import TokenShares, joined, share_of
from ner_engine.training.cross_validation import fold_model_steps
from ner_engine.training.loop import Step, train_model
from ner_engine.training.plan import make_plan


@dataclass(frozen=True)
class _Trained:
    """What fold models said of their sentences, the final one of the test's, and what slips through as it is."""

    folds: TokenShares
    test: TokenShares
    usual: float


@dataclass(frozen=True)
class _Met:
    """What came of a promise; shares in 0..1."""

    slip: Slip
    slipped: float
    masked: float
    needlessly: float


def main() -> None:
    """Train where that was not done before, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[300])
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--slips", type=float, nargs="+", default=[1, 2, 5, 10], metavar="PER_CENT")
    parser.add_argument("--test", type=int, default=2_000, help="test sentences")
    parser.add_argument("--keep", type=Path, required=True, help="where probabilities are kept")
    options = parser.parse_args()
    print(
        "| corpus | sentences | promise | promised in | kept in | slip | worst | usual | masked | told | needlessly |"
    )
    print("|" + "---|" * 11)
    for corpus in options.corpora:
        for size in options.sizes:
            trained = [_trained(corpus, size, number, options) for number in range(options.samples)]
            for per_cent in options.slips:
                print(_row(corpus.name, size, per_cent, trained), flush=True)


def _trained(corpus: Path, size: int, number: int, options: argparse.Namespace) -> _Trained:
    folder = options.keep / f"{corpus.name}-{size}-{number}"
    if not (folder / "usual.json").exists():
        _train(folder, neighbours_sample(corpus, seed=number, size=size), _test(corpus, options))
    folds, test = read_marginals(folder / "folds"), read_marginals(folder / "test")
    assert folds is not None
    assert test is not None
    return _Trained(folds, test, json.loads((folder / "usual.json").read_text("utf-8")))


def _test(corpus: Path, options: argparse.Namespace) -> Gold:
    return scored_sample(corpus, size=options.test)


def _train(folder: Path, gold: Gold, test: Gold) -> None:
    plan, settings = make_plan(gold), TrainingSettings()
    shares = []
    for fold_model in (*plan.fold_models, *plan.others):
        if fold_model.share == 1:
            *_, last = fold_model_steps(fold_model, settings)
            assert not isinstance(last, Step)
            shares += [each.shares for each in last.values() if each.shares]
    pipeline = train_model(gold, settings)
    for name in ("folds", "test"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_marginals(folder / "folds", joined(shares))
    write_marginals(folder / "test", joined(token_shares(pipeline, test)))
    (folder / "usual.json").write_text(json.dumps(_usual(pipeline, test)), "utf-8")


def _usual(pipeline: object, test: Gold) -> float:
    """The share of the entities of which a word can be read where what is found is masked, of the worst label."""
    slipped: dict[str, list[bool]] = defaultdict(list)
    read = read_shares(pipeline, [annotated.text for annotated in test])  # type: ignore[arg-type]
    for annotated, reading in zip(test, read, strict=True):
        for span in annotated.spans:
            words = [word for word in reading.words if span.overlaps(*word)]
            hidden = all(any(f.overlaps(*w) for f in reading.found.spans) for w in words)
            slipped[span.label].append(not hidden)
    return max(mean(some) for some in slipped.values())


def _row(corpus: str, size: int, per_cent: float, trained: list[_Trained]) -> str:
    each = [_met(one, per_cent / 100) for one in trained]
    made = [met for met in each if met is not None]
    kept = [met for met in made if met.slipped <= per_cent / 100]
    usual = f"{100 * mean(one.usual for one in trained):.1f}"
    cells = [corpus, str(size), f"{per_cent:g} %", f"{len(made)}/{len(each)}"]
    if made:
        cells += [
            f"{len(kept)}/{len(made)}",
            f"{100 * mean(met.slipped for met in made):.2f}",
            f"{100 * max(met.slipped for met in made):.2f}",
            usual,
            f"{100 * mean(met.masked for met in made):.1f}",
            f"{100 * mean(met.slip.masked for met in made):.1f}",
            f"{100 * mean(met.needlessly for met in made):.1f}",
        ]
    else:
        cells += ["–", "–", "–", usual, "–", "–", "–"]
    return "| " + " | ".join(cells) + " |"


def _met(trained: _Trained, promise: float) -> _Met | None:
    labels = trained.test.labels
    slip = make_slip(trained.folds, labels, promise)
    if slip.threshold is None:
        return None
    places = range(len(labels))
    test = trained.test
    slipped: dict[str, list[bool]] = defaultdict(list)
    inside = []
    for label, rows in test.entities:
        hidden = [share_of(row, places) >= slip.threshold for row in rows]
        slipped[label].append(not all(hidden))
        inside += hidden
    others = [share_of(row, places) >= slip.threshold for row in test.others]
    times = test.words / len(others)
    masked = (sum(inside) + times * sum(others)) / (len(inside) + times * len(others))
    worst = max(mean(some) for some in slipped.values())
    return _Met(slip, worst, masked, mean(others))


if __name__ == "__main__":
    main()
