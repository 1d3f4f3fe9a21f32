"""Whether a model learns more where it reads how words are written: names that return letter by letter.

    python -m benchmarks.word_forms CORPUS… --encoder mpnet --sizes 50 200 --samples 0 1

Strict F1 of both on 300 sentences of devel (of test, where there is no devel part), with the share of labelled phrases
that return, which decides in a training, and processor seconds. A corpus in a folder that ends with .pt or .de is split
into words as that language is.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.corpora import sample, score
from ner_engine import TrainingSettings
from ner_engine.encoder.choice import PACKAGED, choose_encoder
from ner_engine.training.loop import feature_steps, train_model
from ner_engine.training.returning import share_returning

TESTED = 300


def main() -> None:
    """Print a row for every corpus, size and sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path, nargs="+", help="folders of train.jsonl and others")
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1])
    options = parser.parse_args()
    encoder_dir = choose_encoder(options.encoder).directory
    print("| corpus | sentences | sample | return | F1 without | with | s without | s with |")
    print("|---|---|---|---|---|---|---|---|")
    for chosen in options.samples:
        for corpus in options.corpora:
            language = corpus.suffix.removeprefix(".") or "en"
            settings = TrainingSettings(encoder_dir=encoder_dir, language=language)
            for size in options.sizes:
                print(_row(corpus, size, chosen, settings), flush=True)


def _row(corpus: Path, size: int, chosen: int, settings: TrainingSettings) -> str:
    devel = corpus / "devel.jsonl"
    test = sample(devel if devel.exists() else corpus / "test.jsonl", seed=1, size=TESTED)
    gold = sample(corpus / "train.jsonl", seed=chosen, size=size)
    f1s, seconds = [], []
    for reads in (False, True):
        mine = replace(settings, word_forms=reads)
        list(feature_steps([*test, *gold], mine))
        started = time.process_time()
        pipeline = train_model(gold, mine)
        seconds.append(time.process_time() - started)
        f1s.append(100 * score(pipeline, test).f1)
    numbers = " | ".join(f"{number:.1f}" for number in (*f1s, *seconds))
    return f"| {corpus.stem} | {size} | {chosen} | {share_returning(gold):.2f} | {numbers} |"


if __name__ == "__main__":
    main()
