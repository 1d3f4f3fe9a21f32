"""What encoders have in common: the weights of a checkpoint, and what is done with them.

Matrices are as torch keeps them: one row for each number that comes out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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
    such as the vector of the first kind of token, is in them. ``wider`` makes vectors of the
    hidden width where the word pieces' are narrower.
    """

    words: Callable[[], Iterator[Matrix]]
    norm: Norm | None
    places: Matrix | None = None
    wider: Linear | None = None


@dataclass(frozen=True, slots=True)
class Disentangled:
    """DeBERTa's attention between what a piece is and how far away another one is.

    ``keys`` and ``queries`` are (head, number, bucket of distances); None where there are none.
    """

    keys: Matrix | None
    queries: Matrix | None


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: attention, then the feed-forward part.

    ``inputs`` gives queries, keys and values side by side. ``distances`` names one of the form's;
    ``rotary`` is the base of the angles by which queries and keys are turned, 0 for none.
    """

    inputs: Linear
    output: Linear
    attention_norm: Norm | None
    up: Linear
    down: Linear
    feed_norm: Norm
    distances: str = ""
    rotary: float = 0.0
    disentangled: Disentangled | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """An encoder: ``window`` is how many word pieces it can read at once, ``depth`` how many layers
    it has; ``layers`` are read one by one, as each is large.

    ``distances`` are added to the attention: ``table[head, window - 1 + d]`` for what is ``d``
    places after one's own, one row for all heads or one each. ``buckets`` likewise has the bucket
    of each distance for disentangled attention. ``gated`` says that the feed-forward part's first
    matrix gives values and, after them, what each is multiplied by. ``last_norm`` is there where
    norms come before what they prepare: it makes each layer's end of one scale.
    """

    hidden: int
    heads: int
    depth: int
    window: int
    embedding: Embedding
    layers: Iterator[Layer]
    activation: Activation = "gelu"
    gated: bool = False
    distances: Mapping[str, Matrix] = field(default_factory=dict)
    buckets: NDArray[np.int64] | None = None
    last_norm: Norm | None = None
