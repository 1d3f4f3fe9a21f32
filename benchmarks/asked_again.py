"""What a question costs as it is served: with each of its words looked at anew, with words kept, and asked again.

    python -m benchmarks.asked_again CORPUS --encoder mpnet

Processor milliseconds a sentence, one sentence a question, in one process. The sentences are asked in turns,
so that what else the machine does is the same for all ways; the first pass is not counted. The model is taught
60 sentences in 40 steps, and loaded twice, since each has words of its own.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from benchmarks.corpora import sample, training_sample
from ner_engine import TrainingSettings
from ner_engine.encoder.choice import PACKAGED, choose_encoder
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.prediction.predictor import WORDS_KEPT
from ner_engine.training.loop import train_model

TAUGHT, STEPS, ASKED, PASSES = 60, 40, 60, 3


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a folder of train.jsonl and test.jsonl")
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    options = parser.parse_args()
    directory = choose_encoder(options.encoder).directory
    settings = TrainingSettings(encoder_dir=directory, steps=STEPS)
    learned = training_sample(options.corpus, seed=0, size=TAUGHT, encoder_dir=directory)
    with tempfile.TemporaryDirectory() as folder:
        train_model(learned, settings).save(folder)
        anew, keeping = Pipeline.load(folder), Pipeline.load(folder)
    encoder = encoder_for(settings)
    assert encoder is not None
    ways: dict[str, Callable[[str], object]] = {
        "words looked at anew": lambda text: anew.read([text]),
        "words kept": lambda text: keeping.read([text], words_kept=WORDS_KEPT),
    }
    taken: dict[str, list[float]] = {}
    for number in range(PASSES):
        for annotated in sample(options.corpus / "test.jsonl", seed=1, size=ASKED):
            for name, ask in ways.items():
                encoder.forget()
                _note(taken, number, name, ask, annotated.text)
            _note(taken, number, "asked again", ways["words kept"], annotated.text)
    print("| as it is asked | processor ms a sentence |")
    print("|---|---|")
    for name, seconds in taken.items():
        print(f"| {name} | {1_000 * mean(seconds):.1f} |")


def _note(
    taken: dict[str, list[float]], number: int, name: str, ask: Callable[[str], object], text: str
) -> None:
    started = time.process_time()
    ask(text)
    if number:
        taken.setdefault(name, []).append(time.process_time() - started)


if __name__ == "__main__":
    main()
