"""MPNet: BERT's layers, and a number for each head and distance added to the attention.

See Song and others, 2020, https://arxiv.org/abs/2004.09297; the distances are in T5's buckets.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.form import Distances, Embedding, Form, Layer
from ner_engine.encoder.convert.parts import linear, norm, side_by_side
from ner_engine.encoder.convert.weights import Weights

#: The first two rows of the places belong to padding.
_PADDING = 2
#: Distances from here on share the last bucket.
_FURTHEST = 128


def read(config: Config, weights: Weights, window: int) -> Form:
    """The form of a checkpoint. Raises CheckpointRefused."""
    weights.begin_with("embeddings.word_embeddings.weight")
    epsilon = config.number("layer_norm_eps", 1e-12)
    window = min(window, config.whole("max_position_embeddings") - _PADDING)
    buckets = config.whole("relative_attention_num_buckets", 32)
    by_bucket = weights["encoder.relative_attention_bias.weight"]
    distances = _buckets(np.arange(1 - window, window), buckets)
    return Form(
        hidden=config.whole("hidden_size"),
        heads=config.whole("num_attention_heads"),
        depth=config.whole("num_hidden_layers"),
        window=window,
        embedding=Embedding(
            words=lambda: weights.rows("embeddings.word_embeddings.weight"),
            norm=norm(weights, "embeddings.LayerNorm", epsilon),
            places=weights["embeddings.position_embeddings.weight"][_PADDING : _PADDING + window],
        ),
        layers=_layers(config, weights, epsilon),
        activation=config.activation("hidden_act"),
        attention=Distances(by_bucket[distances].T),
    )


def _layers(config: Config, weights: Weights, epsilon: float) -> Iterator[Layer]:
    for number in range(config.whole("num_hidden_layers")):
        layer = f"encoder.layer.{number}"
        attention = f"{layer}.attention"
        yield Layer(
            inputs=side_by_side([linear(weights, f"{attention}.attn.{part}") for part in "qkv"]),
            output=linear(weights, f"{attention}.attn.o"),
            attention_norm=norm(weights, f"{attention}.LayerNorm", epsilon),
            up=linear(weights, f"{layer}.intermediate.dense"),
            down=linear(weights, f"{layer}.output.dense"),
            feed_norm=norm(weights, f"{layer}.output.LayerNorm", epsilon),
        )


def _buckets(distances: NDArray[np.int64], buckets: int) -> NDArray[np.int64]:
    """The bucket of each distance: half of them for those behind; far ones share by logarithm."""
    half = buckets // 2
    exact = half // 2
    far = np.abs(distances)
    shared = np.log(np.maximum(far, 1) / exact) / math.log(_FURTHEST / exact) * (half - exact)
    behind = np.where(distances > 0, half, 0)
    near = np.where(far < exact, far, np.minimum(exact + shared.astype(np.int64), half - 1))
    return behind + near
