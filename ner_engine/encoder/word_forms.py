"""Fixed columns drawn from what a word is written like, so that names that return letter by letter are known again.

A frozen encoder gives words that mean about the same about the same vector. These columns are by chance, but the
same for the same word wherever it stands, so that a network can learn of one word alone.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from ner_engine.encoder.halves import Halves

#: The height of a number, as that of the vectors beside it, whose root mean square it is.
HEIGHT = 0.5
#: So many letters at a word's beginning and end are a form of their own.
LETTERS = 3
#: How many forms a word has.
FORMS = 3


def word_forms(words: Sequence[str], width: int) -> Halves:
    """One row a word: ``width`` numbers for the word, for its first and for its last letters, case folded.

    ``width`` is a multiple of 8. Numbers are signs drawn by the hash of a form: models keep none of them, so they
    stay as they are for ever.
    """
    drawn = b"".join(_bits(form, width) for word in words for form in _forms(word.lower()))
    signs = np.unpackbits(np.frombuffer(drawn, np.uint8)).reshape(len(words), FORMS * width)
    return ((signs.astype(np.float16) - np.float16(0.5)) * np.float16(2 * HEIGHT)).astype(
        np.float16
    )


def _forms(word: str) -> tuple[str, str, str]:
    return f"w{word}", f"p{word[:LETTERS]}", f"s{word[-LETTERS:]}"


def _bits(form: str, width: int) -> bytes:
    return hashlib.blake2b(form.encode("utf-8", "surrogatepass"), digest_size=width // 8).digest()
