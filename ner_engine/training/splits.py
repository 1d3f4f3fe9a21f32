"""Which texts are learned from and which are scored on, decided by hashes of what is known of them alone."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from ner_engine.annotation import AnnotatedText, Span, fold

#: One text in so many is held out where the data is large enough for that.
HELD_OUT_SHARE = 5


def text_key(text: str) -> str:
    """The hash that stands for a text: sha256, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def gold_key(annotated: AnnotatedText) -> str:
    """The hash that stands for a text with just these spans: copies with others are told apart."""
    spans = [(span.start, span.end, span.label) for span in annotated.spans]
    return hashlib.sha256(repr((annotated.text, spans)).encode()).hexdigest()


def phrase_key(text: str, span: Span) -> str:
    """What mentions of one phrase have in common: case, quotes and blanks do not matter."""
    return " ".join(fold(text[span.start : span.end]).split())


def phrases_of(gold: Iterable[AnnotatedText]) -> frozenset[str]:
    """The phrases that are labelled, by :func:`phrase_key`."""
    return frozenset(
        phrase_key(annotated.text, span) for annotated in gold for span in annotated.spans
    )


def unit_keys(gold: Sequence[AnnotatedText], *, largest: int) -> list[str]:
    """The hash of what each text stays together with: its document, or its copies alone.

    A text of several documents goes with one of them, so that what they all repeat does not make
    them one. A document of more than ``largest`` texts is not kept together, since no split could
    be made around it.
    """
    home: dict[str, str] = {}
    for annotated in gold:
        if annotated.group is not None:
            group = text_key(f"document {annotated.group}")
            home[annotated.text] = min(group, home.get(annotated.text, group))
    sizes = Counter(home.get(annotated.text) for annotated in gold)
    keys = []
    for annotated in gold:
        group_key = home.get(annotated.text)
        whole = group_key is not None and sizes[group_key] <= largest
        keys.append(group_key if whole and group_key else text_key(annotated.text))
    return keys


def count_documents(gold: Sequence[AnnotatedText], keys: Sequence[str]) -> int:
    """How many units have several texts."""
    texts: dict[str, set[str]] = {}
    for annotated, key in zip(gold, keys, strict=True):
        texts.setdefault(key, set()).add(annotated.text)
    return sum(len(some) > 1 for some in texts.values())


def is_held_out(key: str) -> bool:
    """Whether a unit belongs to the held-out part: for ever, however much the data grows."""
    return int(key[:8], 16) % HELD_OUT_SHARE == 0


def assign_folds(keys: Sequence[str], folds: int) -> list[int]:
    """The fold, 0 to folds - 1, of each text by its unit's key: about equal sizes, in any order.

    The largest units are placed first, each where there is most room; of equal ones, those with one
    text each go round.
    """
    sizes = Counter(keys)
    filled = [0] * folds
    placed: dict[str, int] = {}
    for key in sorted(sizes, key=lambda key: (-sizes[key], key)):
        fold = filled.index(min(filled))
        placed[key] = fold
        filled[fold] += sizes[key]
    return [placed[key] for key in keys]
