"""From vectors of word pieces to one a token."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.encoded_text import Borders

Vectors = NDArray[np.float32]
Indices = NDArray[np.intp]


def pieces_of(pieces: Sequence[tuple[int, int]], tokens: Borders) -> tuple[Indices, Indices]:
    """For each token the first and the last word piece that touch it; the last comes before the
    first where none does.
    """
    spans = np.array(pieces)
    first = np.searchsorted(spans[:, 1], tokens[:, 0], side="right")
    last = np.searchsorted(spans[:, 0], tokens[:, 1], side="left") - 1
    return first, last


def _first(pieces: Vectors, first: Indices, _last: Indices) -> Vectors:
    return pieces[first]


def _last(pieces: Vectors, _first: Indices, last: Indices) -> Vectors:
    return pieces[last]


def _mean(pieces: Vectors, first: Indices, last: Indices) -> Vectors:
    # Sums over the few pieces of a token, not differences of running sums, which lose digits.
    total, count = pieces[first].copy(), last - first + 1
    for more in range(1, int(count.max(initial=1))):
        longer = count > more
        total[longer] += pieces[first[longer] + more]
    return np.asarray(total / count[:, None], dtype=np.float32)


#: By the names that an encoder's card has for them.
POOLS = {"first": _first, "last": _last, "mean": _mean}
