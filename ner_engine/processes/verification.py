"""``python -m ner_engine.processes.verification DIR``: is the model in DIR whole, and does it still work?

Prints one sentence and ends with 1 if not. A process of its own shares no memory with the one that
trained the model, so that what it finds is in the files.
"""

import sys
from pathlib import Path

from ner_engine.errors import EngineError
from ner_engine.spacy_alone import import_spacy


def main(arguments: list[str]) -> int:
    """Verify the model in the directory named; 0 if it is sound."""
    import_spacy()
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415 - after spaCy

    try:
        load_model(Path(arguments[0]))
    except EngineError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
