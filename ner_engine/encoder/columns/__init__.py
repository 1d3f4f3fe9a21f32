"""Columns taught by other people's labels: a hidden layer over an encoder's vectors, as numbers beside them.

Its weights are files of this package, each with a card that says which encoder's vectors it reads, and
which corpora taught it. `benchmarks/columns` is what taught it.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.halves import Halves, to_floats
from ner_engine.errors import ColumnsMissing
from ner_engine.recipes import Features, Pooling

Vectors = NDArray[np.float32]

#: Where cards and weights are.
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class TeachingCorpus:
    """A corpus that taught columns; ``sentences`` is how many of it did."""

    name: str
    licence: str
    repository: str
    sentences: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ColumnsCard:
    """What is known of columns: the file of their numbers and its hash, whose vectors they read, who taught them.

    ``encoders`` are the hashes of an encoder's files, which each way of converting it makes anew; ``layer``
    and ``pooling`` say what is taken from it. What a column is follows from the file alone, so that a model
    that names its hash keeps the columns it was trained with.
    """

    name: str
    file: str
    sha256: str
    encoders: tuple[str, ...]
    layer: int
    pooling: tuple[Pooling, ...]
    corpora: tuple[TeachingCorpus, ...]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ColumnsCard":
        """Read the object of a card."""
        corpora = tuple(TeachingCorpus(**corpus) for corpus in values["corpora"])
        told = {name: tuple(values[name]) for name in ("encoders", "pooling")}
        return cls(**values | told | {"corpora": corpora})

    def reads(self, encoder: str, features: Features) -> bool:
        """Whether these are columns over the vectors that are taken so from the encoder with a hash."""
        wanted = Features((self.layer,), self.pooling, normalize=True, shapes=True)
        return encoder in self.encoders and features == wanted


class TaughtColumns:
    """The hidden layer: a token and its two neighbours in, ``width`` numbers out.

    ``height`` is how large those are at most, beside vectors of root mean square 1/2.
    """

    def __init__(self, card: ColumnsCard, weights: Vectors, bias: Vectors, height: Vectors) -> None:
        self.card, self.weights, self.bias, self.height = card, weights, bias, height
        self.width = len(bias)

    def beside(self, vectors: Halves) -> Halves:
        """The vectors of a text's tokens with the columns behind them."""
        left, middle, right = np.split(to_floats(vectors) @ self.weights, 3, axis=1)
        total = middle + self.bias
        total[1:] += left[:-1]
        total[:-1] += right[1:]
        columns = np.tanh(total) * self.height
        return np.concatenate([vectors, columns.astype(np.float16)], axis=1)


def find_columns(encoder: str, features: Features) -> ColumnsCard | None:
    """The newest columns (the last by name) over an encoder's vectors; None where nobody taught any."""
    fitting = [card for card in _cards() if card.reads(encoder, features)]
    return max(fitting, key=lambda card: card.name, default=None)


def card_of_columns(sha256: str) -> ColumnsCard:
    """The card of the columns whose weights have a hash. Raises ColumnsMissing."""
    for card in _cards():
        if card.sha256 == sha256:
            return card
    raise ColumnsMissing(sha256=sha256)


@lru_cache(maxsize=2)
def open_columns(sha256: str) -> TaughtColumns:
    """The columns whose weights have a hash. Raises ColumnsMissing."""
    card = card_of_columns(sha256)
    try:
        path = FOLDER / card.file
        content = path.read_bytes()
    except OSError as error:
        raise ColumnsMissing(sha256=sha256) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ColumnsMissing(sha256=sha256)
    with np.load(path, allow_pickle=False) as arrays:
        numbers = [arrays[name].astype(np.float32) for name in ("weights", "bias", "height")]
    return TaughtColumns(card, *numbers)


@lru_cache(maxsize=1)
def _cards() -> tuple[ColumnsCard, ...]:
    paths = sorted(FOLDER.glob("*.json"))
    return tuple(ColumnsCard.from_json(json.loads(path.read_bytes())) for path in paths)
