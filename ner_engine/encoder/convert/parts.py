"""The parts of layers, by the names that their tensors have in checkpoints."""

from collections.abc import Sequence

import numpy as np

from ner_engine.encoder.convert.form import Linear, Norm
from ner_engine.encoder.convert.weights import Weights


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
    """``name.weight`` and, if there is one, ``name.bias``."""
    return Norm(weights[f"{name}.weight"], weights.find(f"{name}.bias"), epsilon)
