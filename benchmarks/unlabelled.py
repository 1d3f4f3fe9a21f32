"""Whether sentences that nobody labelled teach something: what a model that learned the labelled ones thinks of them.

    python -m benchmarks.unlabelled CORPUS… --encoder mpnet --sizes 50 100 200 --samples 0 1 2

A second model learns, in each batch, as many unlabelled sentences as labelled ones; of those how probable the first
one thinks each tag and each transition (soft targets of its field). It is not in the engine: docs/decisions say why.
Strict F1 on the devel part (or test, where there is none) and processor seconds, each of the first and the second
model, which needs the first one. The samples are outermost, so that a run that is cut short has something of all.
"""

import argparse
import time
from collections import defaultdict
from pathlib import Path
from statistics import mean

import numpy as np
from spacy.util import registry
from thinc.api import fix_random_seed

from benchmarks.corpora import Gold, sample, score
from ner_engine import TrainingSettings
from ner_engine.encoder.choice import PACKAGED, choose_encoder
from ner_engine.pipeline.crf import Chains, Lattice
from ner_engine.pipeline.pipeline import Pipeline, make_pipeline
from ner_engine.pipeline.spacy_config import optimizer_section
from ner_engine.pipeline.targets import Target
from ner_engine.training.lessons import Lessons, shuffled_batches
from ner_engine.training.loop import (
    _initialize,
    _keep_averages,
    feature_steps,
    train_model,
)

TESTED, UNLABELLED, AT_ONCE = 500, 500, 32


def main() -> None:
    """Print a row for every sample, and the means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path, nargs="+", help="folders of train.jsonl and others")
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    settings = TrainingSettings(encoder_dir=choose_encoder(options.encoder).directory)
    print("| corpus | sentences | sample | first F1 | s | second F1 | s |")
    print("|---|---|---|---|---|---|---|")
    found: defaultdict[tuple[str, int], list[tuple[float, ...]]] = defaultdict(list)
    for chosen in options.samples:
        for corpus in options.corpora:
            test = _test(corpus, settings)
            most = max(options.sizes)
            pool = sample(corpus / "train.jsonl", seed=chosen, size=most + UNLABELLED)
            list(feature_steps(pool, settings))
            for size in options.sizes:
                numbers = _measure(pool[:size], pool[most:], test, settings)
                found[corpus.name, size].append(numbers)
                print(_row(corpus.name, size, str(chosen), numbers), flush=True)
    for (name, size), rows in found.items():
        means = tuple(mean(column) for column in zip(*rows, strict=True))
        print(_row(name, size, f"mean of {len(rows)}", means))


def _row(name: str, size: int, chosen: str, numbers: tuple[float, ...]) -> str:
    return f"| {name} | {size} | {chosen} | {' | '.join(f'{number:.1f}' for number in numbers)} |"


def _test(corpus: Path, settings: TrainingSettings) -> Gold:
    devel = corpus / "devel.jsonl"
    path = devel if devel.exists() else corpus / "test.jsonl"
    test = sample(path, seed=1, size=TESTED)
    list(feature_steps(test, settings))
    return test


def _measure(
    gold: Gold, unlabelled: Gold, test: Gold, settings: TrainingSettings
) -> tuple[float, ...]:
    times = [time.process_time()]
    first = train_model(gold, settings)
    times.append(time.process_time())
    second = _second(gold, unlabelled, first, settings)
    times.append(time.process_time())
    scores = [100 * score(pipeline, test).f1 for pipeline in (first, second)]
    return scores[0], times[1] - times[0], scores[1], times[2] - times[1]


def _second(gold: Gold, unlabelled: Gold, first: Pipeline, settings: TrainingSettings) -> Pipeline:
    recipe = settings.recipe
    fix_random_seed(settings.seed)
    pipeline = make_pipeline(settings)
    recognizer = pipeline.recognizer
    lessons = Lessons(pipeline.nlp, gold, encoded=True)
    _initialize(pipeline, gold[:10], lessons.labels)
    others = Lessons(pipeline.nlp, unlabelled, encoded=True)
    thought = _thoughts(first, others)
    steps = settings.steps_for(len(gold))
    optimizer = registry.resolve({"optimizer": optimizer_section(recipe, steps)})["optimizer"]
    batches = shuffled_batches(len(lessons), recipe.batch_size, settings.seed)
    more = shuffled_batches(len(others), recipe.batch_size, settings.seed)
    for _ in range(steps):
        own, theirs = next(batches), next(more)
        targets = [
            *lessons.targets(own, recognizer.scheme), *(thought[number] for number in theirs),
        ]  # fmt: skip
        texts = lessons.texts(own) + others.texts(theirs)
        recognizer.learn(texts, targets, drop=recipe.dropout, sgd=optimizer)
        optimizer.step_schedules()
    _keep_averages(recognizer.model, optimizer)
    return pipeline


def _thoughts(first: Pipeline, others: Lessons) -> list[Target]:
    grammar, thought = first.recognizer.scheme.grammar, []
    for start in range(0, len(others), AT_ONCE):
        texts = others.texts(range(start, min(start + AT_ONCE, len(others))))
        chains = Chains.mean(first.recognizer.model.predict(texts))
        for rows in chains.emissions:
            lattice = Lattice(Chains([rows], chains.transitions), grammar)
            unary = np.asarray(lattice.unary[0], dtype=np.float32)
            pairs = np.asarray(lattice.pairs, dtype=np.float32)
            thought.append(Target(unary > 0, known=True, unary=unary, pairs=pairs))
    return thought


if __name__ == "__main__":
    main()
