"""What encoders have in common: the weights of a checkpoint, and what is done with them.

Matrices are as torch keeps them: one row for each number that comes out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Activation = Literal["gelu", "gelu_tanh", "relu", "silu"]


@dataclass(frozen=True, slots=True)
class Linear:
    """A matrix and what is added; None where nothing is."""

    weight: Matrix
    bias: Matrix | None = None


@dataclass(frozen=True, slots=True)
class Norm:
    """A layer normalization over the hidden numbers."""

    scale: Matrix
    shift: Matrix | None = None
    epsilon: float = 1e-12


@dataclass(frozen=True, slots=True)
class Embedding:
    """The vectors of word pieces, given row by row, and what is added for their places.

    ``places`` has a row for each place in a text, from the first; what is added to every piece,
    such as the vector of the first kind of token, is in them.
    """

    words: Callable[[], Iterator[Matrix]]
    norm: Norm | None
    places: Matrix | None = None


@dataclass(frozen=True, slots=True)
class Distances:
    """A number for each head and distance, added to the attention: ``table[head, window - 1 + d]``
    for the place ``d`` after one's own.
    """

    table: Matrix


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: attention, then the feed-forward part.

    ``inputs`` gives queries, keys and values side by side.
    """

    inputs: Linear
    output: Linear
    attention_norm: Norm
    up: Linear
    down: Linear
    feed_norm: Norm


@dataclass(frozen=True, slots=True)
class Form:
    """An encoder: ``window`` is how many word pieces it can read at once, ``depth`` how many layers
    it has; ``layers`` are read one by one, as each is large.
    """

    hidden: int
    heads: int
    depth: int
    window: int
    embedding: Embedding
    layers: Iterator[Layer]
    activation: Activation = "gelu"
    attention: Distances | None = None
