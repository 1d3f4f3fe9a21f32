"""A checkpoint's config.json, each value asked for by its kind."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ner_engine.encoder.convert.form import Activation
from ner_engine.errors import CheckpointRefused

_ACTIVATIONS: dict[str, Activation] = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
}


@dataclass(frozen=True, slots=True)
class Config:
    """The values of a config.json."""

    values: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Config":
        """The config.json of a folder. Raises CheckpointRefused."""
        try:
            values = json.loads((folder / "config.json").read_bytes())
        except FileNotFoundError as error:
            raise CheckpointRefused(reason="it has no config.json") from error
        except (OSError, ValueError) as error:
            raise CheckpointRefused(reason="its config.json cannot be read") from error
        if not isinstance(values, dict):
            raise CheckpointRefused(reason="its config.json is not an object")
        return cls(values)

    def whole(self, name: str, otherwise: int | None = None) -> int:
        """A whole number over 0. Raises CheckpointRefused."""
        value = self.values.get(name, otherwise)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise CheckpointRefused(reason=f"its config.json has no {name} that is a whole number")
        return value

    def number(self, name: str, otherwise: float) -> float:
        """A number over 0. Raises CheckpointRefused."""
        value = self.values.get(name, otherwise)
        if not isinstance(value, int | float) or not value > 0:
            raise CheckpointRefused(reason=f"its config.json has no {name} that is a number")
        return float(value)

    def activation(self, name: str) -> Activation:
        """The bend of the feed-forward part. Raises CheckpointRefused."""
        value = cast("str", self.values.get(name, "gelu"))
        if value not in _ACTIVATIONS:
            known = ", ".join(sorted(_ACTIVATIONS))
            raise CheckpointRefused(reason=f"its {name} is {value}; known are {known}")
        return _ACTIVATIONS[value]
