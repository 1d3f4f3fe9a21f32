"""MPNet: BERT's layers, and a number for each head and distance added to the attention.

See Song and others, 2020, https://arxiv.org/abs/2004.09297; the distances are in T5's buckets.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.form import Embedding, Form, Layer
from ner_engine.encoder.convert.parts import WORDS, LayerNames, norm, places, read_layer
from ner_engine.encoder.convert.weights import Weights

#: The first two rows of the places belong to padding.
_PADDING = 2
#: Distances from here on share the last bucket.
_FURTHEST = 128
_NAMES = LayerNames(
    queries_keys_values=("attention.attn.q", "attention.attn.k", "attention.attn.v"),
    output="attention.attn.o",
    attention_norm="attention.LayerNorm",
)


def read(config: Config, weights: Weights, window: int) -> Form:
    """The form of a checkpoint. Raises CheckpointRefused."""
    weights.begin_with(WORDS)
    epsilon = config.number("layer_norm_eps", 1e-12)
    window = min(window, config.whole("max_position_embeddings") - _PADDING)
    distances = np.arange(1 - window, window)
    buckets = _buckets(distances, config.whole("relative_attention_num_buckets", 32))
    return Form(
        hidden=config.whole("hidden_size"),
        heads=config.whole("num_attention_heads"),
        depth=config.whole("num_hidden_layers"),
        window=window,
        embedding=Embedding(
            words=lambda: weights.rows(WORDS),
            norm=norm(weights, "embeddings.LayerNorm", epsilon),
            places=places(weights, _PADDING, window),
        ),
        layers=_layers(config, weights, epsilon),
        activation=config.activation("hidden_act"),
        distances={"all": weights["encoder.relative_attention_bias.weight"][buckets].T},
    )


def _layers(config: Config, weights: Weights, epsilon: float) -> Iterator[Layer]:
    for number in range(config.whole("num_hidden_layers")):
        layer = read_layer(weights, f"encoder.layer.{number}", _NAMES, epsilon)
        yield replace(layer, distances="all")


def _buckets(distances: NDArray[np.int64], buckets: int) -> NDArray[np.int64]:
    """The bucket of each distance: half of them for those behind; far ones share by logarithm."""
    half = buckets // 2
    exact = half // 2
    far = np.abs(distances)
    shared = np.log(np.maximum(far, 1) / exact) / math.log(_FURTHEST / exact) * (half - exact)
    behind = np.where(distances > 0, half, 0)
    near = np.where(far < exact, far, np.minimum(exact + shared.astype(np.int64), half - 1))
    return behind + near
