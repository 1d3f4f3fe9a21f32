"""Sentences drawn with replacement, for intervals."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

#: So many resamples are held at once.
_AT_ONCE = 50


def draw(random: np.random.Generator, size: int, resamples: int) -> Iterator[NDArray[np.int64]]:
    """How often each of ``size`` sentences is drawn, a row a resample, in parts.

    The draws are those of one call, which would take 160 MB for 20,000 sentences.
    """
    chances = np.full(size, 1 / size)
    for start in range(0, resamples, _AT_ONCE):
        yield random.multinomial(size, chances, min(_AT_ONCE, resamples - start))
