"""How well models learn from few sentences, side by side with the tutorial loop and `spacy train`.

    python -m benchmarks.learning CORPUS --sizes 50 100 200 --samples 0 1 2 --seeds 0 1 2
    python -m benchmarks.learning CORPUS --encoder NAME --methods encoder minilm tutorial spacy-train

``encoder`` learns over the encoder that is named, or the packaged one, ``minilm`` over the packaged one in any case.
A sample is the shuffled training part's first n sentences; the test is always the same (up to 1,000).
Scores are strict entity F1 in percent, the mean over samples and training seeds with the least and the
most; ``s`` is processor time of the training without the encoder's vectors, which are computed first.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import mean

from benchmarks.corpora import Gold, score, scored_sample, training_sample
from ner_engine import TrainingSettings
from ner_engine.encoder.choice import PACKAGED, choose_encoder
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.training.corpus import make_corpus
from ner_engine.training.loop import train_model

#: What it learns, the seed, and the folder of an encoder, None for the packaged one.
Method = Callable[[Gold, int, str | None], Pipeline]

TUTORIAL_EPOCHS = 30
#: `spacy train` keeps a part of what it is given to decide when to stop.
SPACY_TRAIN_DEV = 5


def encoder(gold: Gold, seed: int, encoder_dir: str | None) -> Pipeline:
    """Our default preset."""
    return train_model(gold, TrainingSettings(seed=seed, encoder_dir=encoder_dir))


def cnn(gold: Gold, seed: int, _encoder_dir: str | None) -> Pipeline:
    """Our preset without an encoder."""
    return train_model(gold, TrainingSettings(preset="cnn", seed=seed))


def tutorial(gold: Gold, seed: int, _encoder_dir: str | None) -> Pipeline:
    """The loop of spaCy's tutorials: a blank pipeline, one example an update, 30 shuffled epochs."""
    import spacy  # noqa: PLC0415 - after the limits on threads
    from thinc.api import fix_random_seed  # noqa: PLC0415

    fix_random_seed(seed)
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    examples = list(make_corpus(nlp, gold).examples)
    optimizer = nlp.initialize(lambda: examples)
    shuffler = random.Random(seed)
    for _ in range(TUTORIAL_EPOCHS):
        shuffler.shuffle(examples)
        for example in examples:
            nlp.update([example], drop=0.2, sgd=optimizer)
    return Pipeline(nlp, "ner")


def spacy_train(gold: Gold, seed: int, _encoder_dir: str | None) -> Pipeline:
    """`spacy train` with spaCy's own CPU config (efficiency), a fifth kept for its early stopping."""
    import spacy  # noqa: PLC0415
    from spacy.tokens import DocBin  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        references = [
            example.reference for example in make_corpus(spacy.blank("en"), gold).examples
        ]
        parts = {"dev": references[::SPACY_TRAIN_DEV], "train": references}
        parts["train"] = [doc for number, doc in enumerate(references) if number % SPACY_TRAIN_DEV]
        for part, docs in parts.items():
            DocBin(docs=docs).to_disk(folder / f"{part}.spacy")
        _spacy(
            "init",
            "config",
            f"{folder}/config.cfg",
            "--pipeline",
            "ner",
            "--optimize",
            "efficiency",
        )
        _spacy(
            "train", f"{folder}/config.cfg", "--output", f"{folder}/out", "--training.seed", str(seed),
            "--paths.train", f"{folder}/train.spacy", "--paths.dev", f"{folder}/dev.spacy",
        )  # fmt: skip
        nlp = spacy.load(folder / "out" / "model-best")
        # Scoring runs the recognizer alone, which would get nothing from a component that is left out.
        nlp.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
        return Pipeline(nlp, "ner")


def _spacy(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "spacy", *arguments], check=True, capture_output=True)


METHODS: dict[str, Method] = {
    "encoder": encoder, "minilm": encoder, "cnn": cnn, "tutorial": tutorial, "spacy-train": spacy_train,
}  # fmt: skip


def main() -> None:
    """Train every method on every size and print a table."""
    parser = argparse.ArgumentParser(description="Train on few sentences and score.")
    parser.add_argument("corpus", type=Path, help="a directory with train.jsonl and test.jsonl")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100])
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=["encoder"])
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    options = parser.parse_args()
    options.encoder = choose_encoder(options.encoder).directory
    test = scored_sample(options.corpus, encoder_dir=options.encoder)
    print(f"{options.corpus.name}: {len(test)} test sentences")
    print("| method | sentences | P | R | F1 | least | most | trainings | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size in options.sizes:
        for name in options.methods:
            print(_row(name, options, size, test), flush=True)


def _row(name: str, options: argparse.Namespace, size: int, test: Gold) -> str:
    scores, seconds = [], []
    encoder_dir = None if name == "minilm" else options.encoder
    for chosen in options.samples:
        learned = training_sample(options.corpus, seed=chosen, size=size, encoder_dir=encoder_dir)
        for seed in options.seeds:
            started = _processor_time()
            pipeline = METHODS[name](learned, seed, encoder_dir)
            seconds.append(_processor_time() - started)
            scores.append(score(pipeline, test))
    f1s = [100 * one.f1 for one in scores]
    precision, recall = (
        100 * mean(shares)
        for shares in zip(*((s.precision, s.recall) for s in scores), strict=True)
    )
    return (
        f"| {name} | {size} | {precision:.1f} | {recall:.1f} | {mean(f1s):.1f} | {min(f1s):.1f} | {max(f1s):.1f} | "
        f"{len(f1s)} | {mean(seconds):.1f} |"
    )


def _processor_time() -> float:
    """Seconds of this process and of those it has waited for."""
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
