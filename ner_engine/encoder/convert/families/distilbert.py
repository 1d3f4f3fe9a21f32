"""DistilBERT: half of BERT's layers, by other names.

See Sanh and others, 2019, https://arxiv.org/abs/1910.01108.
"""

from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.form import Embedding, Form
from ner_engine.encoder.convert.parts import WORDS, LayerNames, norm, places, read_layer
from ner_engine.encoder.convert.weights import Weights

_NAMES = LayerNames(
    queries_keys_values=("attention.q_lin", "attention.k_lin", "attention.v_lin"),
    output="attention.out_lin",
    attention_norm="sa_layer_norm",
    up="ffn.lin1",
    down="ffn.lin2",
    feed_norm="output_layer_norm",
)
_EPSILON = 1e-12


def read(config: Config, weights: Weights, window: int) -> Form:
    """The form of a checkpoint. Raises CheckpointRefused."""
    weights.begin_with(WORDS)
    depth = config.whole("n_layers")
    window = min(window, config.whole("max_position_embeddings"))
    return Form(
        hidden=config.whole("dim"),
        heads=config.whole("n_heads"),
        depth=depth,
        window=window,
        embedding=Embedding(
            words=lambda: weights.rows(WORDS),
            norm=norm(weights, "embeddings.LayerNorm", _EPSILON),
            places=places(weights, 0, window),
        ),
        layers=(
            read_layer(weights, f"transformer.layer.{number}", _NAMES, _EPSILON)
            for number in range(depth)
        ),
        activation=config.activation("activation"),
    )
