"""Samples of a corpus: a folder with train.jsonl and test.jsonl."""

import json
import random
from dataclasses import replace
from pathlib import Path

from ner_engine import AnnotatedText, TrainingSettings, evaluate, parse_line
from ner_engine.formats.json_lines import parse_lines
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.results import Score
from ner_engine.training.loop import feature_steps

Gold = list[AnnotatedText]

TEST_SENTENCES = 1_000


def sample(path: Path, *, seed: int, size: int) -> Gold:
    """The first sentences of a file after shuffling it."""
    lines = path.read_text("utf-8").splitlines()
    random.Random(seed).shuffle(lines)
    return [parse_line(json.loads(line)) for line in lines[:size]]


def every_text(corpus: Path, size: int) -> Gold:
    """Sentences of all parts of a corpus, each text once, in an order by chance.

    Ends the program where there are fewer.
    """
    parts = [parse_lines(file.open(encoding="utf-8")) for file in sorted(corpus.glob("*.jsonl"))]
    unique = list({text.text: text for part in parts for text in part}.values())
    random.Random(0).shuffle(unique)
    if len(unique) < size:
        raise SystemExit(f"{corpus} has {len(unique)} sentences, not {size}")
    return unique[:size]


def document_sample(corpus: Path, *, seed: int, size: int, run: int) -> Gold:
    """Runs of so many neighbouring lines from places by chance, each as a document, encoded.

    A corpus of documents whose lines are in order does not say where one begins: a run that crosses a
    border is two halves, which makes what is measured on such runs too small rather than too large.
    """
    lines = (corpus / "train.jsonl").read_text("utf-8").splitlines()
    starts = list(range(0, len(lines) - run, run))
    random.Random(seed).shuffle(starts)
    learned = [
        replace(parse_line(json.loads(line)), group=str(start))
        for start in starts[: size // run]
        for line in lines[start : start + run]
    ]
    list(feature_steps(learned, TrainingSettings()))
    return learned


def neighbours_sample(corpus: Path, *, seed: int, size: int, near: int = 5) -> Gold:
    """The sentences of training_sample; those no more than so many lines apart are of one document."""
    lines = list(enumerate((corpus / "train.jsonl").read_text("utf-8").splitlines()))
    random.Random(seed).shuffle(lines)
    learned, group, before = [], 0, 0
    for number, line in sorted(lines[:size]):
        group += number - before > near
        learned.append(replace(parse_line(json.loads(line)), group=str(group)))
        before = number
    list(feature_steps(learned, TrainingSettings()))
    return learned


def training_sample(corpus: Path, *, seed: int, size: int, encoder_dir: str | None = None) -> Gold:
    """What a model may learn, with the encoder's vectors computed."""
    learned = sample(corpus / "train.jsonl", seed=seed, size=size)
    list(feature_steps(learned, TrainingSettings(encoder_dir=encoder_dir)))
    return learned


def scored_sample(
    corpus: Path, *, size: int = TEST_SENTENCES, encoder_dir: str | None = None
) -> Gold:
    """What every model of a corpus is scored on, with the encoder's vectors computed."""
    test = sample(corpus / "test.jsonl", seed=1, size=size)
    list(feature_steps(test, TrainingSettings(encoder_dir=encoder_dir)))
    return test


def score(pipeline: Pipeline, test: Gold) -> Score:
    """Strict precision, recall and F1 over all labels."""
    found = pipeline.find([annotated.text for annotated in test], ours_only=True)
    return evaluate([annotated.spans for annotated in test], found).overall
