"""What is suggested from the first sentence on: how much of it is right, and how much of what there is it finds.

    python -m benchmarks.first_labels CORPUS [SECOND …] --meanings benchmarks/meanings.json --encoder NAME

A corpus is a folder with train.jsonl and test.jsonl, or one file of lines, whose first part is the test. ``--meanings``
is a JSON file of ``{corpus: {label: description}}``; without it labels have their names alone. For 0, 3, 5 … finished
sentences: phrases labelled before, the labels' meanings, the head of so many sentences, and what the bot suggests, all
three together. Strict precision, recall and F1 in percent, the mean over samples; ``s`` is the processor time of a
training without the encoder's vectors, which are computed first.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold
from ner_engine import EngineError, TrainingSettings, evaluate, parse_line
from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.choice import PACKAGED, choose_encoder
from ner_engine.prediction.meanings import MeantLabel
from ner_engine.training.first_guesses import make_guesser
from ner_engine.training.loop import feature_steps

SIZES = (0, 3, 5, 10, 20, 50)
#: What each column takes of what there is.
PARTS = {
    "phrases": {"phrases"},
    "meanings": {"meanings"},
    "head": {"head"},
    "suggested": {"phrases", "meanings", "head"},
}
Score = tuple[float, float, float]


@dataclass(frozen=True)
class _Corpus:
    name: str
    learned: Gold
    test: Gold
    labels: tuple[MeantLabel, ...]


def main() -> None:
    """Print a table for each corpus."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--meanings", type=Path, help="a file of what the labels mean")
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--test", type=int, default=300, help="test sentences")
    options = parser.parse_args()
    options.encoder = choose_encoder(options.encoder).directory
    meanings = json.loads(options.meanings.read_text("utf-8")) if options.meanings else {}
    settings = TrainingSettings(encoder_dir=options.encoder)
    for path in options.corpora:
        corpus = _read(path, meanings, options.test)
        list(feature_steps(corpus.test, settings))
        print(f"{corpus.name}: {len(corpus.test)} test sentences, {len(corpus.labels)} labels")
        print("| sentences | " + " | ".join(f"{part} P | R | F1" for part in PARTS) + " | s |")
        print("|---" * (2 + 3 * len(PARTS)) + "|")
        for size in options.sizes:
            print(_row(corpus, size, options.samples, settings), flush=True)


def _read(path: Path, meanings: Mapping[str, Mapping[str, str]], test: int) -> _Corpus:
    folder = path.is_dir()
    held = list(_lines(path / "test.jsonl" if folder else path))
    learned = list(_lines(path / "train.jsonl")) if folder else held[test:]
    name = path.name if folder else path.stem
    names = sorted({span.label for each in (*learned, *held) for span in each.spans})
    said = meanings.get(name, {})
    labels = tuple(MeantLabel(label, said.get(label, "")) for label in names)
    return _Corpus(name, learned, held[:test], labels)


def _lines(path: Path) -> Iterator[AnnotatedText]:
    lines = path.read_text("utf-8").splitlines()
    random.Random(1).shuffle(lines)
    for line in lines:
        try:
            yield parse_line(json.loads(line))
        except EngineError:
            continue  # a text too long for the bot


def _row(corpus: _Corpus, size: int, samples: Sequence[int], settings: TrainingSettings) -> str:
    scores: dict[str, list[Score]] = {part: [] for part in PARTS}
    seconds = []
    for number in samples if size else samples[:1]:
        order = list(corpus.learned)
        random.Random(number).shuffle(order)
        learned, texts = order[:size], [each.text for each in order[size : size + 40]]
        list(feature_steps(learned, settings))
        started = time.process_time()
        make_guesser((), learned, settings=settings)
        seconds.append(time.process_time() - started)
        guesser = make_guesser(corpus.labels, learned, texts=texts, settings=settings)
        for part, takes in PARTS.items():
            found = guesser.only(takes).find([each.text for each in corpus.test])
            score = evaluate(
                [each.spans for each in corpus.test], [each.spans for each in found]
            ).overall
            scores[part].append((score.precision, score.recall, score.f1))
    cells = [f"{100 * mean(one):.1f}" for part in PARTS for one in zip(*scores[part], strict=True)]
    return f"| {size} | {' | '.join(cells)} | {mean(seconds):.1f} |"


if __name__ == "__main__":
    main()
