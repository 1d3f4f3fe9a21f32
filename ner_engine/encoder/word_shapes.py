"""What a word looks like, for encoders that fold case: plain text in, a row of flags a word out."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

#: The height of a flag, beside vectors whose numbers have a root mean square of 1/2.
HEIGHT = 2.0

_FLAGS: tuple[Callable[[str], bool], ...] = (
    str.isupper,
    str.istitle,
    str.islower,
    lambda word: any(map(str.isupper, word[1:])),
    str.isdigit,
    lambda word: any(map(str.isdigit, word)),
    lambda word: not word.isalnum(),
    lambda word: len(word) <= 2,
    lambda word: len(word) >= 10,
    lambda word: word[:1] in {"@", "#"},
    lambda word: "-" in word,
)
#: The columns of :func:`word_shapes`: one a flag, and one for the first word of a text.
WIDTH = len(_FLAGS) + 1


def word_shapes(words: Sequence[str]) -> NDArray[np.float32]:
    """One row a word, WIDTH wide, each number HEIGHT or 0."""
    rows = [[*(flag(word) for flag in _FLAGS), not number] for number, word in enumerate(words)]
    return np.array(rows, dtype=np.float32).reshape(-1, WIDTH) * np.float32(HEIGHT)
