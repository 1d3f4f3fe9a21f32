"""What the engine keeps of texts besides models' own files, and how it is found again to be removed."""

from collections.abc import Sequence
from pathlib import Path

from ner_engine.encoder.files import read_encoder
from ner_engine.encoder.frozen_encoder import vector_key
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.errors import EngineError
from ner_engine.model_files.store import LEARNED, read_learned
from ner_engine.pipeline.architectures import encoded_text
from ner_engine.pipeline.pipeline import make_tokenizer
from ner_engine.recipes import RECIPES
from ner_engine.settings import TrainingSettings
from ner_engine.training.splits import text_key


def versions_that_learned(models_dir: Path, texts: Sequence[str]) -> frozenset[int]:
    """The versions under a project's folder that were taught one of the texts, or do not say what they were taught."""
    wanted = frozenset(map(text_key, texts))
    found = set()
    for path in models_dir.iterdir() if models_dir.exists() else ():
        if path.name.isdecimal() and (not (path / LEARNED).exists() or wanted & read_learned(path)):
            found.add(int(path.name))
    return frozenset(found)


def vector_keys(texts: Sequence[str]) -> tuple[str, ...]:
    """The names under which the vectors of these texts are kept, by whichever preset encoded them."""
    features = {recipe.features for recipe in RECIPES.values() if recipe.features is not None}
    try:
        sha256 = read_encoder().sha256
    except EngineError:
        return ()  # what is not there has encoded nothing
    nlp = make_tokenizer(TrainingSettings())
    encoded = [encoded_text(nlp.make_doc(text)) for text in texts]
    return tuple(vector_key(sha256, each, wanted) for each in features for wanted in encoded)


def remove_vectors(vectors_dir: Path, keys: Sequence[str]) -> None:
    """Remove what is kept under these names."""
    store = VectorStore(vectors_dir)
    for key in keys:
        store.forget(key)
