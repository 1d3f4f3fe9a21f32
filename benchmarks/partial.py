"""What unfinished sentences are worth: beside finished ones, as missing values, as negatives, left out.

    python -m benchmarks.partial CORPUS [CORPUS …] --finished 50 --unfinished 100 --samples 0 1 2

In an unfinished sentence one entity at random is labelled, the others are not. ``all finished`` is what the
same sentences would be worth if somebody finished them.
"""

import argparse
import random
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold, score, scored_sample, training_sample
from ner_engine import AnnotatedText
from ner_engine.training.loop import train_model


def main() -> None:
    """Train in each way and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--finished", type=int, default=50)
    parser.add_argument("--unfinished", type=int, default=100)
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    print("| corpus | finished | unfinished | what becomes of the unfinished | P | R | F1 |")
    print("|---|---|---|---|---|---|---|")
    size = options.finished + options.unfinished
    for corpus in options.corpora:
        test = scored_sample(corpus)
        samples = [training_sample(corpus, seed=number, size=size) for number in options.samples]
        for name, way in WAYS.items():
            scores = [score(train_model(way(gold, options.finished)), test) for gold in samples]
            cells = (
                mean(s.precision for s in scores),
                mean(s.recall for s in scores),
                mean(s.f1 for s in scores),
            )
            told = " | ".join(f"{100 * share:.1f}" for share in cells)
            print(
                f"| {corpus.name} | {options.finished} | {options.unfinished} | {name} | {told} |",
                flush=True,
            )


def _left_out(gold: Gold, finished: int) -> Gold:
    return gold[:finished]


def _missing(gold: Gold, finished: int) -> Gold:
    return [
        *gold[:finished],
        *(_one_span(text, finished=False) for text in gold[finished:] if text.spans),
    ]


def _negative(gold: Gold, finished: int) -> Gold:
    return [
        *gold[:finished],
        *(_one_span(text, finished=True) for text in gold[finished:] if text.spans),
    ]


def _all(gold: Gold, finished: int) -> Gold:  # noqa: ARG001 one signature for all ways
    return gold


def _one_span(annotated: AnnotatedText, *, finished: bool) -> AnnotatedText:
    chosen = random.Random(annotated.text).choice(annotated.spans)
    return AnnotatedText(annotated.text, (chosen,), finished=finished)


WAYS: dict[str, Callable[[Gold, int], Gold]] = {
    "left out": _left_out,
    "other tokens missing": _missing,
    "other tokens negative": _negative,
    "all finished": _all,
}


if __name__ == "__main__":
    main()
