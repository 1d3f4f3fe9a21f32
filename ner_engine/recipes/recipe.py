"""What every preset has: the numbers of its training, what it needs, and the network it builds."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeVar

#: Which of a token's several word pieces stand for it.
Pooling = Literal["first", "last", "mean"]


@dataclass(frozen=True, slots=True)
class Features:
    """What is taken from a frozen encoder for each token, all of it side by side.

    ``layers`` are counted from 1, 0 is the word pieces' embedding; ``pooling`` says which vectors
    stand for a token of several pieces; ``normalize`` brings each of them to the same length;
    ``shapes`` adds what the word looks like, which an encoder that folds case does not see.
    """

    layers: tuple[int, ...]
    pooling: tuple[Pooling, ...] = ("first",)
    normalize: bool = False
    shapes: bool = False


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The encoder a network is built over: its directory, None for the default one, its files' hash, what is taken.

    ``columns`` is the hash of the taught columns beside its vectors, None where there are none; ``forms``
    is how many columns each form of a word has there.
    """

    directory: str | None
    sha256: str
    features: Features
    columns: str | None = None
    forms: int = 0


@dataclass(frozen=True, slots=True)
class Recipe(ABC):
    """One preset. Learn rates are Adam's, the other numbers are counts and shares."""

    learn_rate: float
    dropout: float
    width: int
    maxout_pieces: int = 3
    #: Networks that learn the same independently; their scores are averaged.
    members: int = 1
    weight_decay: float = 0.01
    warmup: float = 0.1
    batch_size: int = 16
    #: Passes over the data up to ``few`` sentences and above.
    epochs_few: int = 24
    epochs_many: int = 16
    few: int = 200
    #: Of what there is beyond so many sentences, so many passes: each batch more teaches less.
    many: int = 10_000
    epochs_beyond: int = 10
    #: Small data needs more passes, sparse one most; but no more than so many a sentence.
    least_steps: int = 160
    most_steps_each: int = 6
    #: What it takes from a frozen encoder; None where it needs none.
    features: Features | None = None
    #: How many columns each form of a word has beside a frozen encoder's vectors where they are read; a multiple of 8.
    forms: int = 0
    #: So many sentences that nobody labelled are in each batch, beside the labelled ones, where it has a teacher: a
    #: model over a larger encoder, which says how probable each tag is in them. 0 for what has none.
    taught_batch: int = 0

    @property
    def needs_encoder(self) -> bool:
        """Whether it learns over a frozen encoder's vectors."""
        return self.features is not None

    @abstractmethod
    def build(self, encoder: EncoderChoice | None) -> dict[str, Any]:
        """The ``tok2vec`` and ``head`` of the network ``nerbot.CrfTagger.v1``, as sections of a spaCy config.

        ``encoder`` is None where the recipe needs none.
        """

    def steps(self, sentences: int) -> int:
        """How many batches a training on so many sentences takes; never fewer for more of them."""
        most_of_few = self._batches(min(sentences, self.few)) * self.epochs_few
        least = min(self.least_steps, self.most_steps_each * sentences)
        up_to_many = self._batches(min(sentences, self.many))
        beyond = self._batches(sentences) - up_to_many
        most = up_to_many * self.epochs_many + beyond * self.epochs_beyond
        return max(most_of_few, most, least)

    def _batches(self, sentences: int) -> int:
        return math.ceil(sentences / self.batch_size)


_R = TypeVar("_R", bound=type[Recipe])
_REGISTERED: dict[str, Recipe] = {}


def preset(name: str) -> Callable[[_R], _R]:
    """Register a recipe's class, with its numbers as they are by default, under the name people choose it by.

    Raises ValueError where two have one name.
    """

    def register(recipe: _R) -> _R:
        if name in _REGISTERED:
            raise ValueError(f"There are two presets called {name}")
        _REGISTERED[name] = recipe()  # type: ignore[call-arg]  # a preset's class gives all numbers
        return recipe

    return register


def registered() -> Mapping[str, Recipe]:
    """The presets of the modules that have been imported."""
    return MappingProxyType(_REGISTERED)
