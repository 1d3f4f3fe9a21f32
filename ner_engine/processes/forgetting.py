"""What the engine keeps of texts besides models' own files, and how it is found again to be removed."""

from collections.abc import Sequence
from pathlib import Path

from ner_engine.encoder.vector_store import VectorStore, text_name
from ner_engine.model_files.store import LEARNED, read_learned
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
    """How the names of all vectors of these texts begin, whichever encoder and preset they come from."""
    return tuple(map(text_name, texts))


def remove_vectors(vectors_dir: Path, keys: Sequence[str]) -> None:
    """Remove what is kept under these names."""
    VectorStore(vectors_dir).forget(keys)
