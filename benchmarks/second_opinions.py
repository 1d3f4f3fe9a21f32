"""Whether a second opinion on some sentences makes the gold as good as one on all of them.

    python -m benchmarks.second_opinions CORPUS [CORPUS …] --size 300 --wrong 0.1 --share 0.3 --samples 0 1 2

Two people label the same sentences; each makes one error in a share of them, independently of the other
(benchmarks.noise). Where both labelled and differ, a reviewer decides, and is right in all but a share of the cases;
where they agree, or where one labelled alone, that is the gold. "most suspected" asks the second person on the
sentences that `project settings second` chooses: those a training on the first person's labels finds most probably
wrong. F1 is that of the gold against the corpus.
"""

import argparse
import random
from collections.abc import Iterable
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold, training_sample
from benchmarks.noise import agreement_with, suspected, with_errors

WAYS = ("one person", "at random", "most suspected", "all")


def main() -> None:
    """Label, choose, review and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--wrong", type=float, default=0.1, help="share of sentences with an error")
    parser.add_argument("--share", type=float, default=0.3, help="share that is labelled twice")
    parser.add_argument("--careless", type=float, default=0.05, help="share of wrong decisions")
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    print("| corpus | second opinions | labelled twice | F1 of the gold |")
    print("|---|---|---|---|")
    for corpus in options.corpora:
        found = [_sample(corpus, number, options) for number in options.samples]
        shares = {"one person": 0.0, "all": 1.0}
        for way in WAYS:
            twice = shares.get(way, options.share)
            f1 = mean(each[way] for each in found)
            print(f"| {corpus.name} | {way} | {twice:.0%} | {100 * f1:.2f} |", flush=True)


def _sample(corpus: Path, number: int, options: argparse.Namespace) -> dict[str, float]:
    truth = training_sample(corpus, seed=number, size=options.size)
    first, _ = with_errors(truth, options.wrong, seed=number)
    second, _ = with_errors(truth, options.wrong, seed=1_000 + number)
    many = round(options.share * len(truth))
    order = list(range(len(truth)))
    random.Random(2_000 + number).shuffle(order)
    suspects = [each.sentence for each in suspected(first)]
    chosen: dict[str, Iterable[int]] = {
        "one person": (),
        "at random": order[:many],
        "most suspected": suspects[:many],
        "all": order,
    }
    return {
        way: agreement_with(
            truth, _gold(truth, first, second, frozenset(some), options.careless, number)
        )
        for way, some in chosen.items()
    }


def _gold(
    truth: Gold, first: Gold, second: Gold, twice: frozenset[int], careless: float, seed: int
) -> Gold:
    """What is learned after the reviewer decided where the two differ."""
    chance = random.Random(3_000 + seed)
    gold = []
    for number, (right, mine, theirs) in enumerate(zip(truth, first, second, strict=True)):
        wrong_decision = chance.random() < careless
        differ = mine.spans != theirs.spans
        if number not in twice or not differ:
            gold.append(mine)
        else:
            wrong = theirs if mine.spans == right.spans else mine
            gold.append(wrong if wrong_decision else right)
    return gold


if __name__ == "__main__":
    main()
