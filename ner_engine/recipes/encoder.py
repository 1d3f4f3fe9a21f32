"""The preset ``encoder``: a frozen sentence encoder under one window layer."""

from dataclasses import dataclass
from typing import Any

from ner_engine.recipes.recipe import EncoderChoice, Features, Recipe, preset

#: The names of these networks in spaCy's registry; saved models name them, too.
VECTORS = "nerbot.FrozenEncoder.v1"
HEAD = "nerbot.WindowHead.v1"
#: A trade's words are many pieces to an encoder that does not know them, and often their end
#: tells what they are: first pieces of layers 4 and 6 scored 6 F lower.
_FEATURES = Features((4,), ("first", "last", "mean"), normalize=True, shapes=True)


@preset("encoder")
@dataclass(frozen=True, slots=True)
class EncoderRecipe(Recipe):
    """A frozen sentence encoder's vectors, one window layer, a conditional random field."""

    learn_rate: float = 2e-3
    dropout: float = 0.4
    width: int = 64
    members: int = 3
    features: Features = _FEATURES
    forms: int = 64

    def build(self, encoder: EncoderChoice | None) -> dict[str, Any]:
        """Frozen vectors, which name the encoder they come from, and the window layer over them."""
        assert encoder is not None, "this recipe needs an encoder"
        tok2vec = {
            "@architectures": VECTORS,
            "layers": list(encoder.features.layers),
            "pooling": list(encoder.features.pooling),
            "normalize": encoder.features.normalize,
            "shapes": encoder.features.shapes,
            "directory": encoder.directory,
            "sha256": encoder.sha256,
            "columns": encoder.columns,
            "forms": encoder.forms,
        }
        head = {"@architectures": HEAD, "width": self.width, "maxout_pieces": self.maxout_pieces}
        return {"tok2vec": tok2vec, "head": head}
