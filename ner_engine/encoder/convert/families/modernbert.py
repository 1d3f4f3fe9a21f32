"""ModernBERT: norms before what they prepare, turned queries and keys, most layers see near only.

See Warner and others, 2024, https://arxiv.org/abs/2412.13663.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.form import Embedding, Form, Layer, Matrix
from ner_engine.encoder.convert.parts import linear, norm
from ner_engine.encoder.convert.weights import Weights

_WORDS = "embeddings.tok_embeddings.weight"
_NEAR = "sliding_attention"
#: Added to the attention to what a layer does not see.
_UNSEEN = -1e9


def read(config: Config, weights: Weights, window: int) -> Form:
    """The form of a checkpoint. Raises CheckpointRefused."""
    weights.begin_with(_WORDS)
    epsilon = config.number("norm_eps", 1e-5)
    depth = config.whole("num_hidden_layers")
    window = min(window, config.whole("max_position_embeddings"))
    return Form(
        hidden=config.whole("hidden_size"),
        heads=config.whole("num_attention_heads"),
        depth=depth,
        window=window,
        embedding=Embedding(
            words=lambda: weights.rows(_WORDS), norm=norm(weights, "embeddings.norm", epsilon)
        ),
        layers=_layers(weights, _kinds(config, depth), _bases(config), epsilon),
        activation=config.activation("hidden_activation"),
        gated=True,
        distances={_NEAR: _near(config.whole("local_attention", 128) // 2, window)},
        last_norm=norm(weights, "final_norm", epsilon),
    )


def _layers(
    weights: Weights, kinds: Sequence[str], bases: dict[str, float], epsilon: float
) -> Iterator[Layer]:
    for number, kind in enumerate(kinds):
        layer = f"layers.{number}"
        # The first layer's norm would come straight after the embedding's.
        prepared = number > 0
        yield Layer(
            inputs=linear(weights, f"{layer}.attn.Wqkv"),
            output=linear(weights, f"{layer}.attn.Wo"),
            attention_norm=norm(weights, f"{layer}.attn_norm", epsilon) if prepared else None,
            up=linear(weights, f"{layer}.mlp.Wi"),
            down=linear(weights, f"{layer}.mlp.Wo"),
            feed_norm=norm(weights, f"{layer}.mlp_norm", epsilon),
            distances=_NEAR if kind == _NEAR else "",
            rotary=bases.get(kind, bases["full_attention"]),
        )


def _kinds(config: Config, depth: int) -> Sequence[str]:
    """What each layer sees; older files tell it by a number: every so many layers one sees all."""
    told: Any = config.values.get("layer_types")
    if isinstance(told, list) and len(told) == depth:
        return told
    every = config.whole("global_attn_every_n_layers", 3)
    return [_NEAR if number % every else "full_attention" for number in range(depth)]


def _bases(config: Config) -> dict[str, float]:
    told: Any = config.values.get("rope_parameters")
    if isinstance(told, dict):
        return {kind: float(values["rope_theta"]) for kind, values in told.items() if values}
    return {
        "full_attention": config.number("global_rope_theta", 160_000.0),
        _NEAR: config.number("local_rope_theta", 10_000.0),
    }


def _near(reach: int, window: int) -> Matrix:
    far = np.abs(np.arange(1 - window, window)) > reach
    return np.where(far, _UNSEEN, 0).astype(np.float32)[None]
