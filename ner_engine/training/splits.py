"""Which texts are learned from and which are scored on, decided by the hash of the text alone."""

import hashlib
from collections.abc import Sequence

from ner_engine.annotation import AnnotatedText

#: One text in so many is held out where the data is large enough for that.
HELD_OUT_SHARE = 5


def text_key(text: str) -> str:
    """The hash that stands for a text: sha256, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def gold_key(annotated: AnnotatedText) -> str:
    """The hash that stands for a text with just these spans: copies with others are told apart."""
    spans = [(span.start, span.end, span.label) for span in annotated.spans]
    return hashlib.sha256(repr((annotated.text, spans)).encode()).hexdigest()


def is_held_out(text: str) -> bool:
    """Whether a text belongs to the held-out part: for ever, however much the data grows."""
    return int(text_key(text)[:8], 16) % HELD_OUT_SHARE == 0


def assign_folds(gold: Sequence[AnnotatedText], folds: int) -> list[int]:
    """The fold, 0 to folds - 1, of each text: equal sizes, whatever the order of the data.

    The same text twice is in one fold, so that no fold is scored on what it was trained on.
    """
    keys = [text_key(annotated.text) for annotated in gold]
    rank = {key: number for number, key in enumerate(sorted(set(keys)))}
    return [rank[key] % folds for key in keys]
