"""How many labels are saved by asking for the sentences a model is least sure of.

    python -m benchmarks.selection CORPUS --samples 0 1 2

A simulated team labels a pool of sentences in rounds, in three orders: at random; at random first, then
by uncertainty with a random share; diverse ones first, then the same. After every round a model learns
what is labelled and is scored on the test sentences. ``sentences for`` is how many it took to reach for
good what random order reached in the end, and in the middle.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.corpora import Gold, score, scored_sample, training_sample
from ner_engine import TrainingSettings
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.pipeline.architectures import encoded_text
from ner_engine.pipeline.pipeline import Pipeline, make_tokenizer
from ner_engine.selection import diverse_first, rank
from ner_engine.training.loop import Trained, training_steps

POOL, FIRST, ROUND, LAST = 1_000, 20, 20, 300

#: Numbers of the pool's sentences, the next to label first.
Order = list[int]
Curve = list[float]


def main() -> None:
    """Simulate every order and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a folder of train.jsonl and test.jsonl")
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    test = scored_sample(options.corpus)
    curves = {name: [] for name in STRATEGIES}  # type: dict[str, list[Curve]]
    for number in options.samples:
        pool = training_sample(options.corpus, seed=number, size=POOL)
        for name, (first, by_uncertainty) in STRATEGIES.items():
            order = first(pool, number)
            curves[name].append(
                _label(pool, order, test, by_uncertainty=by_uncertainty, seed=number)
            )
    _print(options.corpus.name, curves)


def _at_random(pool: Gold, seed: int) -> Order:
    order = list(range(len(pool)))
    random.Random(seed).shuffle(order)
    return order


def _diverse(pool: Gold, seed: int) -> Order:
    settings = TrainingSettings()
    encoder, nlp = encoder_for(settings), make_tokenizer(settings)
    assert encoder is not None
    texts = [encoded_text(nlp.make_doc(annotated.text)) for annotated in pool]
    rows = (encoder.encode(text, remember=True)[:, : encoder.seen] for text in texts)
    vectors = np.stack([each.mean(axis=0) for each in rows])
    first = diverse_first(vectors, FIRST, seed=seed)
    return [*first, *(number for number in _at_random(pool, seed) if number not in first)]


STRATEGIES: dict[str, tuple[Callable[[Gold, int], Order], bool]] = {
    "random": (_at_random, False),
    "uncertain": (_at_random, True),
    "diverse, then uncertain": (_diverse, True),
}


def _label(pool: Gold, order: Order, test: Gold, *, by_uncertainty: bool, seed: int) -> Curve:
    """The F1 after each round."""
    labelled, rest, curve = order[:FIRST], order[FIRST:], []
    while True:
        pipeline = _train([pool[number] for number in labelled])
        curve.append(score(pipeline, test).f1)
        if len(labelled) >= LAST:
            return curve
        if by_uncertainty:
            rest = _least_sure_first(pipeline, pool, rest, seed + len(labelled))
        labelled, rest = [*labelled, *rest[:ROUND]], rest[ROUND:]


def _train(gold: Gold) -> Pipeline:
    *_, last = training_steps(gold, TrainingSettings(), fold_model=True)
    assert isinstance(last, Trained)
    return last.pipeline


def _least_sure_first(pipeline: Pipeline, pool: Gold, rest: Sequence[int], seed: int) -> Order:
    found = pipeline.read([pool[number].text for number in rest])
    return [rest[place] for place in rank([text.uncertainty for text in found], seed=seed)]


def _print(corpus: str, curves: dict[str, list[Curve]]) -> None:
    sizes = range(FIRST, LAST + 1, ROUND)
    means = {name: [mean(f1s) for f1s in zip(*some, strict=True)] for name, some in curves.items()}
    shown = [place for place, size in enumerate(sizes) if size in {20, 60, 100, 140, 200, 260, 300}]
    goals = [means["random"][shown[len(shown) // 2]], means["random"][-1]]
    heads = " | ".join(str(sizes[place]) for place in shown)
    told = " | ".join(f"sentences for {100 * goal:.1f}" for goal in goals)
    print(
        f"{corpus}: mean F1 of {len(next(iter(curves.values())))} simulations after so many sentences"
    )
    print(f"| order | {heads} | {told} |")
    print("|" + "---|" * (len(shown) + 3))
    for name, curve in means.items():
        cells = [f"{100 * curve[place]:.1f}" for place in shown]
        cells += [str(_reached(curve, sizes, goal)) for goal in goals]
        print(f"| {name} | " + " | ".join(cells) + " |")


def _reached(curve: Curve, sizes: range, goal: float) -> int | str:
    """The first size from which on the goal is met."""
    below = [place for place, f1 in enumerate(curve) if f1 < goal]
    place = below[-1] + 1 if below else 0
    return sizes[place] if place < len(curve) else f"over {sizes[-1]}"


if __name__ == "__main__":
    main()
