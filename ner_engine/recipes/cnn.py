"""The preset ``cnn``: spaCy's own hash embeddings and convolutions."""

from dataclasses import dataclass
from typing import Any

from ner_engine.recipes.recipe import EncoderChoice, Recipe, preset


@preset("cnn")
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

    def build(self, encoder: EncoderChoice | None) -> dict[str, Any]:
        """spaCy's network, and nothing over it."""
        del encoder
        tok2vec = {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "width": self.width,
            "maxout_pieces": self.maxout_pieces,
            "pretrained_vectors": None,
            "depth": self.depth,
            "embed_size": self.embedding_rows,
            "window_size": 1,
            "subword_features": True,
        }
        return {"tok2vec": tok2vec, "head": None}
