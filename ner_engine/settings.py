"""How a model is trained: what a person chooses, and the numbers of the two recipes."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from ner_engine.errors import InvalidSettings

Preset = Literal["encoder", "cnn"]
#: What stands for a token of several word pieces.
Pooling = Literal["first", "last", "mean"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of one training. Learn rates are Adam's, the rest are counts and shares."""

    learn_rate: float
    dropout: float
    width: int
    maxout_pieces: int = 3
    #: Networks that learn the same by themselves; their scores are averaged.
    members: int = 1
    weight_decay: float = 0.01
    warmup: float = 0.1
    batch_size: int = 16
    #: Passes over the data up to ``few`` sentences and above.
    epochs_few: int = 24
    epochs_many: int = 16
    few: int = 200
    #: Small data needs more passes, sparse one most; but no more than so many a sentence.
    least_steps: int = 160
    most_steps_each: int = 6

    def steps(self, sentences: int) -> int:
        """How many batches a training on so many sentences takes; never fewer for more of them."""
        most_of_few = self._batches(min(sentences, self.few)) * self.epochs_few
        least = min(self.least_steps, self.most_steps_each * sentences)
        return max(most_of_few, self._batches(sentences) * self.epochs_many, least)

    def _batches(self, sentences: int) -> int:
        return math.ceil(sentences / self.batch_size)


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
class EncoderRecipe(Recipe):
    """A frozen sentence encoder's vectors, one window layer, a conditional random field."""

    learn_rate: float = 2e-3
    dropout: float = 0.4
    width: int = 64
    members: int = 3
    #: A trade's words are many pieces to an encoder that does not know them, and often their end
    #: tells what they are: first pieces of layers 4 and 6 scored 6 F lower.
    features: Features = Features((4,), ("first", "last", "mean"), normalize=True, shapes=True)


@dataclass(frozen=True, slots=True)
class CnnRecipe(Recipe):
    """spaCy's hash embeddings and convolutions under the same field; needs no encoder."""

    learn_rate: float = 1e-3
    dropout: float = 0.4
    width: int = 96
    depth: int = 4
    embedding_rows: int = 2_000
    least_steps: int = 400
    most_steps_each: int = 16


RECIPES: Mapping[Preset, Recipe] = {"encoder": EncoderRecipe(), "cnn": CnnRecipe()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """What a person chooses for a training.

    ``base`` names an installed pretrained pipeline to train beside, ``encoder_dir`` a directory
    with another encoder's ``model.onnx`` and ``tokenizer.json``; ``language`` is spaCy's code of
    the tokenizer where there is no base; ``steps`` the number of batches where it is not to follow
    the data. Raises InvalidSettings.
    """

    preset: Preset = "encoder"
    seed: int = 0
    language: str = "en"
    base: str | None = None
    encoder_dir: str | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.preset not in RECIPES:
            raise InvalidSettings(reason=f"the preset is one of {', '.join(RECIPES)}")
        if type(self.seed) is not int or not 0 <= self.seed < 2**32:
            raise InvalidSettings(reason="the seed is a whole number from 0 to 4294967295")
        if self.steps is not None and (type(self.steps) is not int or self.steps < 1):
            raise InvalidSettings(reason="steps is a whole number above 0")
        for name in ("language", "base", "encoder_dir"):
            if not isinstance(getattr(self, name), str | None):
                raise InvalidSettings(reason=f"{name} is a text")
        if not (self.language and self.language.isidentifier()):
            raise InvalidSettings(reason="the language is a code such as en")

    @property
    def recipe(self) -> Recipe:
        """The numbers of the preset."""
        return RECIPES[self.preset]

    def steps_for(self, sentences: int) -> int:
        """How many batches a training on so many sentences takes."""
        return self.steps or self.recipe.steps(sentences)

    def to_json(self) -> dict[str, Any]:
        """The settings as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "TrainingSettings":
        """Read what :meth:`to_json` wrote; what is left out stays as it is by default."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise InvalidSettings(reason=f"{unknown[0]} is not one of them")
        return cls(**values)
