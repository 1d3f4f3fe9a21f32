"""The parts of layers, by the names that their tensors have in checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ner_engine.encoder.convert.form import Layer, Linear, Matrix, Norm
from ner_engine.encoder.convert.weights import Weights

WORDS = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class LayerNames:
    """How the parts of a layer are named in a checkpoint; what they do not say is as in BERT."""

    queries_keys_values: tuple[str, ...] = (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
    )
    output: str = "attention.output.dense"
    attention_norm: str = "attention.output.LayerNorm"
    up: str = "intermediate.dense"
    down: str = "output.dense"
    feed_norm: str = "output.LayerNorm"


def read_layer(weights: Weights, layer: str, names: LayerNames, epsilon: float) -> Layer:
    """A layer whose norms come after what they follow."""
    inputs = [linear(weights, f"{layer}.{name}") for name in names.queries_keys_values]
    return Layer(
        inputs=side_by_side(inputs),
        output=linear(weights, f"{layer}.{names.output}"),
        attention_norm=norm(weights, f"{layer}.{names.attention_norm}", epsilon),
        up=linear(weights, f"{layer}.{names.up}"),
        down=linear(weights, f"{layer}.{names.down}"),
        feed_norm=norm(weights, f"{layer}.{names.feed_norm}", epsilon),
    )


def linear(weights: Weights, name: str) -> Linear:
    """``name.weight`` and, if there is one, ``name.bias``."""
    return Linear(weights[f"{name}.weight"], weights.find(f"{name}.bias"))


def side_by_side(parts: Sequence[Linear]) -> Linear:
    """Some matrices as one, which is faster than one after the other."""
    biases = [
        np.zeros(len(part.weight), np.float32) if part.bias is None else part.bias for part in parts
    ]
    return Linear(np.concatenate([part.weight for part in parts]), np.concatenate(biases))


def norm(weights: Weights, name: str, epsilon: float) -> Norm:
    """``name.weight`` and, if there is one, ``name.bias``; old checkpoints say gamma and beta."""
    scale = weights.find(f"{name}.gamma")
    if scale is not None:
        return Norm(scale, weights.find(f"{name}.beta"), epsilon)
    return Norm(weights[f"{name}.weight"], weights.find(f"{name}.bias"), epsilon)


def places(weights: Weights, first: int, window: int) -> Matrix:
    """What is added for each place from row ``first`` on, with the first kind of token's vector."""
    rows = weights["embeddings.position_embeddings.weight"][first : first + window]
    kinds = weights.find("embeddings.token_type_embeddings.weight")
    return rows if kinds is None else rows + kinds[0]
