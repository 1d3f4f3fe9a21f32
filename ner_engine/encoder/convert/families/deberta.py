"""DeBERTa-v2 and -v3: attention between what pieces are and how far apart they stand.

See He and others, 2021, https://arxiv.org/abs/2006.03654 and https://arxiv.org/abs/2111.09543. The
vectors of distances are weights, so what a layer's matrices make of them is worked out here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.form import Disentangled, Embedding, Form, Layer, Linear, Matrix
from ner_engine.encoder.convert.parts import WORDS, LayerNames, linear, norm, places, read_layer
from ner_engine.encoder.convert.weights import Weights
from ner_engine.errors import CheckpointRefused

_SELF = "attention.self"
_NAMES = LayerNames(
    queries_keys_values=(f"{_SELF}.query_proj", f"{_SELF}.key_proj", f"{_SELF}.value_proj"),
)


@dataclass(frozen=True, slots=True)
class _Relative:
    """``span`` is how many buckets there are on each side; ``kinds`` holds c2p, p2c or both."""

    kinds: str
    span: int
    furthest: int
    logarithmic: bool
    shared: bool
    vectors: Matrix


def read(config: Config, weights: Weights, window: int) -> Form:
    """The form of a checkpoint. Raises CheckpointRefused."""
    if config.values.get("conv_kernel_size", 0):
        raise CheckpointRefused(reason="it has a convolution beside its layers (conv_kernel_size)")
    weights.begin_with(WORDS)
    epsilon = config.number("layer_norm_eps", 1e-7)
    window = min(window, config.whole("max_position_embeddings"))
    relative = _relative(config, weights, epsilon)
    placed = config.values.get("position_biased_input", True)
    wider = weights.find("embeddings.embed_proj.weight")
    return Form(
        hidden=config.whole("hidden_size"),
        heads=config.whole("num_attention_heads"),
        depth=config.whole("num_hidden_layers"),
        window=window,
        embedding=Embedding(
            words=lambda: weights.rows(WORDS),
            norm=norm(weights, "embeddings.LayerNorm", epsilon),
            places=places(weights, 0, window) if placed else None,
            wider=None if wider is None else Linear(wider),
        ),
        layers=_layers(config, weights, epsilon, relative),
        activation=config.activation("hidden_act"),
        buckets=_buckets(np.arange(1 - window, window), relative) if relative else None,
    )


def _relative(config: Config, weights: Weights, epsilon: float) -> _Relative | None:
    if not config.values.get("relative_attention", False):
        return None
    kinds = config.values.get("pos_att_type") or ()
    furthest = config.values.get("max_relative_positions", -1)
    if furthest < 1:
        furthest = config.whole("max_position_embeddings")
    buckets = config.values.get("position_buckets", -1)
    span = buckets if buckets > 0 else furthest
    vectors = weights["encoder.rel_embeddings.weight"][: 2 * span]
    if "layer_norm" in config.values.get("norm_rel_ebd", "none"):
        prepared = norm(weights, "encoder.LayerNorm", epsilon)
        spread = np.sqrt(vectors.var(axis=1, keepdims=True) + epsilon)
        vectors = (vectors - vectors.mean(axis=1, keepdims=True)) / spread * prepared.scale
        vectors = vectors if prepared.shift is None else vectors + prepared.shift
    return _Relative(
        kinds=kinds if isinstance(kinds, str) else "|".join(kinds),
        span=span,
        furthest=furthest,
        logarithmic=buckets > 0,
        shared=config.values.get("share_att_key", False),
        vectors=vectors,
    )


def _layers(
    config: Config, weights: Weights, epsilon: float, relative: _Relative | None
) -> Iterator[Layer]:
    heads = config.whole("num_attention_heads")
    for number in range(config.whole("num_hidden_layers")):
        name = f"encoder.layer.{number}"
        layer = read_layer(weights, name, _NAMES, epsilon)
        if relative:
            layer = replace(
                layer,
                disentangled=Disentangled(
                    keys=_by_head(weights, f"{name}.{_SELF}", "c2p", "key", relative, heads),
                    queries=_by_head(weights, f"{name}.{_SELF}", "p2c", "query", relative, heads),
                ),
            )
        yield layer


def _by_head(
    weights: Weights, name: str, kind: str, part: str, relative: _Relative, heads: int
) -> Matrix | None:
    """The distances' keys or queries, (head, number, bucket)."""
    if kind not in relative.kinds:
        return None
    known = linear(weights, f"{name}.{part}_proj" if relative.shared else f"{name}.pos_{part}_proj")
    rows = relative.vectors @ known.weight.T
    rows = rows if known.bias is None else rows + known.bias
    return rows.reshape(len(rows), heads, -1).transpose(1, 2, 0)


def _buckets(distances: NDArray[np.int64], relative: _Relative) -> NDArray[np.int64]:
    """The row of each distance to what comes after: near ones have their own, far ones share."""
    before = -distances
    if relative.logarithmic:
        middle = relative.span // 2
        far = np.where(np.abs(before) < middle, middle - 1, np.abs(before)).astype(np.float32)
        steps = np.log(far / np.float32(middle)) / np.log(
            np.float32((relative.furthest - 1) / middle)
        )
        shared = (np.ceil(steps * (middle - 1)) + middle).astype(np.int64)
        before = np.where(far <= middle, before, shared * np.sign(before))
    return np.clip(before + relative.span, 0, 2 * relative.span - 1)
