"""BERT and its likes: a vector for each place, norms after attention and feed-forward part.

See Devlin and others, 2018, https://arxiv.org/abs/1810.04805. RoBERTa and XLM-R differ in what they
were taught, and begin to count places after padding's.
"""

from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.form import Embedding, Form
from ner_engine.encoder.convert.parts import WORDS, LayerNames, norm, places, read_layer
from ner_engine.encoder.convert.weights import Weights
from ner_engine.errors import CheckpointRefused

_NAMES = LayerNames()


def read(config: Config, weights: Weights, window: int) -> Form:
    """The form of a BERT checkpoint. Raises CheckpointRefused."""
    return _read(config, weights, window, first=0)


def read_roberta(config: Config, weights: Weights, window: int) -> Form:
    """The form of a RoBERTa or XLM-R checkpoint. Raises CheckpointRefused."""
    return _read(config, weights, window, first=config.whole("pad_token_id", 1) + 1)


def _read(config: Config, weights: Weights, window: int, *, first: int) -> Form:
    kind = config.values.get("position_embedding_type", "absolute")
    if kind != "absolute":
        raise CheckpointRefused(reason=f"its position_embedding_type is {kind}, not absolute")
    weights.begin_with(WORDS)
    epsilon = config.number("layer_norm_eps", 1e-12)
    depth = config.whole("num_hidden_layers")
    window = min(window, config.whole("max_position_embeddings") - first)
    return Form(
        hidden=config.whole("hidden_size"),
        heads=config.whole("num_attention_heads"),
        depth=depth,
        window=window,
        embedding=Embedding(
            words=lambda: weights.rows(WORDS),
            norm=norm(weights, "embeddings.LayerNorm", epsilon),
            places=places(weights, first, window),
        ),
        layers=(
            read_layer(weights, f"encoder.layer.{number}", _NAMES, epsilon)
            for number in range(depth)
        ),
        activation=config.activation("hidden_act"),
    )
