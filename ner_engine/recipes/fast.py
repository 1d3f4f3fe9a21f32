"""The preset ``fast``: a small frozen encoder whose network learns from a model over a larger one."""

from dataclasses import dataclass

from ner_engine.recipes.encoder import EncoderRecipe
from ner_engine.recipes.recipe import preset


@preset("fast")
@dataclass(frozen=True, slots=True)
class FastRecipe(EncoderRecipe):
    """The network of the preset ``encoder`` over the packaged encoder, taught on sentences that nobody labelled."""

    taught_batch: int = 16
