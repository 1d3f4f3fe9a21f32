"""Encoded texts kept on disk from training to training, by the hash of what was encoded.

A cache: whatever is missing, cannot be read or is not what was written is computed again. File names
are hashes, so that no word of a text is in them. A name begins with the hash of the text alone: all
that is kept of a text can be removed, whichever encoder and tokenizer it came from.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from ner_engine.encoder.halves import Halves

#: The most bytes kept by default: about 15,000 sentences of 28 tokens.
LIMIT = 2**30
#: A full store is emptied to this share of its limit, oldest first.
_KEPT = 0.8
#: By so much of it the limit may be passed: the vectors of 100,000 sentences take 9 GB.
_OVER = 0.1
_HASH_BYTES = hashlib.sha256().digest_size
#: Between the hash of the text and the hash of all its vectors depend on.
_BORDER = "-"


def text_name(text: str) -> str:
    """How the names of all vectors of a text begin."""
    return hashlib.sha256(text.encode()).hexdigest()


def vector_name(text: str, identity: str) -> str:
    """The name of a text's vectors; ``identity`` says all they depend on, the text among it."""
    return text_name(text) + _BORDER + hashlib.sha256(identity.encode()).hexdigest()


class VectorStore:
    """A directory of vectors. Several processes may share it."""

    def __init__(self, directory: str | Path, *, limit: int = LIMIT) -> None:
        self._directory, self._limit = Path(directory), limit
        self._added = 0

    @property
    def directory(self) -> Path:
        """Where it is; it may not be there yet."""
        return self._directory

    def read(self, key: str) -> Halves | None:
        """The vectors of a key, if they are here whole; they count as used now."""
        path = self._path(key)
        try:
            kept = path.read_bytes()
            content = kept[_HASH_BYTES:]
            # A flipped bit is a number as well: without the hash it would be learned from.
            if kept[:_HASH_BYTES] != _hash_of(key, content):
                return None
            vectors = np.load(io.BytesIO(content), allow_pickle=False)
            os.utime(path)
        except (OSError, ValueError, EOFError):
            return None
        return vectors if vectors.dtype == np.float16 and vectors.ndim == 2 else None

    def write(self, key: str, vectors: Halves) -> None:
        """Keep vectors; a full or broken disk is no reason to stop."""
        path = self._path(key)
        content = io.BytesIO()
        np.save(content, vectors, allow_pickle=False)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_hash_of(key, content.getvalue()))
                    file.write(content.getvalue())
                Path(name).replace(path)
                self._added += _HASH_BYTES + len(content.getvalue())
            except OSError:
                Path(name).unlink(missing_ok=True)
        if self._added > self._limit * _OVER:
            self.prune()

    def forget(self, names: Collection[str]) -> None:
        """Remove all that is kept of the texts with these names.

        Files from before names began with the text's go as well: nobody can say whose they are.
        """
        wanted = frozenset(names)
        for path in self._directory.glob("*/*"):
            text, border, _ = (path.parent.name + path.name).partition(_BORDER)
            if text in wanted or not border:
                path.unlink(missing_ok=True)

    def prune(self) -> None:
        """Remove what was used longest ago, if there is more than the limit."""
        self._added = 0
        files = sorted(self._files())
        surplus = sum(size for _, size, _ in files) - self._limit
        if surplus <= 0:
            return
        surplus += int(self._limit * (1 - _KEPT))
        for _, size, path in files:
            if surplus <= 0:
                return
            path.unlink(missing_ok=True)
            surplus -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """When each file was last used, its bytes, its path."""
        for path in self._directory.glob("*/*"):
            with suppress(OSError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path

    def _path(self, key: str) -> Path:
        return self._directory / key[:2] / key[2:]


def _hash_of(key: str, content: bytes) -> bytes:
    """Of the key as well: a file under another one's name is not what was asked for."""
    return hashlib.sha256(key.encode() + content).digest()
