"""The preset fast beside models over the small and the large encoder: what it finds, how soon it answers.

    python -m benchmarks.fast CORPUS… --sizes 50 100 200 --samples 0 1 2

Strict F1 on the devel part (or test, where there is none) of a model over the packaged encoder, of the preset fast,
whose teacher learns over --encoder, and of a model over --encoder, such as the teacher. `s` is processor time of the
training without the encoder's vectors, with the teacher's training. The samples are outermost, so that a run that is
cut short has something of all. At the end the processor milliseconds of a sentence asked alone, for each.
"""

import argparse
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import mean, median

from benchmarks.corpora import Gold, sample, score
from ner_engine import TrainingSettings
from ner_engine.encoder.choice import BEST, choose_encoder
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.training.loop import Trained, feature_steps, training_steps
from ner_engine.training.returning import with_word_forms
from ner_engine.training.unlabelled import MOST, usable

TESTED, ASKED = 500, 200
METHODS = ("small", "fast", "large")


def main() -> None:
    """Print a row for every sample, the means, and how long an answer takes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path, nargs="+", help="folders of train.jsonl and others")
    parser.add_argument("--encoder", default=BEST, help="the large encoder's name or folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--unlabelled", type=int, default=MOST, help="so many sentences at most")
    options = parser.parse_args()
    settings = _settings(options.encoder)
    print("| corpus | sentences | sample | small F1 | s | fast F1 | s | large F1 | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    found: defaultdict[tuple[str, int], list[tuple[float, ...]]] = defaultdict(list)
    last: dict[str, Pipeline] = {}
    test: Gold = []
    for chosen in options.samples:
        for corpus in options.corpora:
            most = max(options.sizes)
            pool = sample(corpus / "train.jsonl", seed=chosen, size=most + options.unlabelled)
            test = _test(corpus)
            list(feature_steps([*pool, *test], settings["fast"]))
            for size in options.sizes:
                texts = [annotated.text for annotated in pool[most:]]
                numbers, last = _measure(pool[:size], texts, test, settings)
                found[corpus.name, size].append(numbers)
                print(_row(corpus.name, size, str(chosen), numbers), flush=True)
    for (name, size), rows in found.items():
        means = tuple(mean(column) for column in zip(*rows, strict=True))
        print(_row(name, size, f"mean of {len(rows)}", means))
    print("\n| ms a sentence | " + " | ".join(METHODS) + " |\n|---|---|---|---|")
    times = [_milliseconds(last[each], settings[each], test) for each in METHODS]
    for name, way in {"mean": mean, "median": median}.items():
        print(f"| {name} | " + " | ".join(f"{way(each):.1f}" for each in times) + " |")


def _settings(encoder: str) -> dict[str, TrainingSettings]:
    large = TrainingSettings(encoder_dir=choose_encoder(encoder).directory)
    fast = TrainingSettings(preset="fast").over(large.encoder_dir)
    return {"small": replace(large, encoder_dir=None), "fast": fast, "large": large}


def _row(name: str, size: int, chosen: str, numbers: tuple[float, ...]) -> str:
    return f"| {name} | {size} | {chosen} | {' | '.join(f'{number:.1f}' for number in numbers)} |"


def _test(corpus: Path) -> Gold:
    devel = corpus / "devel.jsonl"
    return sample(devel if devel.exists() else corpus / "test.jsonl", seed=1, size=TESTED)


def _measure(
    gold: Gold, texts: list[str], test: Gold, settings: dict[str, TrainingSettings]
) -> tuple[tuple[float, ...], dict[str, Pipeline]]:
    numbers: list[float] = []
    trained: dict[str, Pipeline] = {}
    unlabelled = usable(texts, gold)
    for name in METHODS:
        started = time.process_time()
        chosen = with_word_forms(settings[name], gold)
        *_, end = training_steps(gold, chosen, unlabelled=unlabelled)
        seconds = time.process_time() - started
        assert isinstance(end, Trained)
        trained[name] = end.pipeline
        numbers += [100 * score(end.pipeline, test).f1, seconds]
    return tuple(numbers), trained


def _milliseconds(pipeline: Pipeline, settings: TrainingSettings, test: Gold) -> list[float]:
    """Of some sentences asked one by one; of each the second answer, whose vectors are computed again."""
    encoder = encoder_for(settings)
    assert encoder is not None
    times: list[float] = []
    for annotated in test[:ASKED]:
        for _ in range(2):
            encoder.forget()
            started = time.process_time()
            pipeline.read([annotated.text], words_kept=4_000)
            seconds = time.process_time() - started
        times.append(1_000 * seconds)
    return times


if __name__ == "__main__":
    main()
