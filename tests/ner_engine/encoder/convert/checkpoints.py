"""Small checkpoints as publishers give them: config.json, model.safetensors, tokenizer.json."""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What the transformers library made of tiny checkpoints: see make_references.
REFERENCES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "references.json").read_text()
)
#: The text whose vectors those are: long enough that distances are shared and near layers do not see
#: everything. 0 and 1, which stand for padding in some families, are left out.
IDS = [4, 5, 9, 3, 28, 17, 5, 5, 11, 23, 29, 8, 14, 6, 20, 2]
#: The places of those pieces that are kept.
PIECES = [0, 4, 9, 15]
_VOCABULARY = {word: number for number, word in enumerate(["[UNK]", "[CLS]", "[SEP]", "nerbot"])}
TINY_TOKENIZER = json.dumps(
    {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
        "model": {"type": "WordLevel", "vocab": _VOCABULARY, "unk_token": "[UNK]"},
    }
)


def random_tensors(shapes: Mapping[str, Sequence[int]]) -> dict[str, NDArray[np.float32]]:
    """The same numbers for the same names, on every machine; those of norms are near 1 and 0."""
    tensors = {}
    for name, shape in shapes.items():
        numbers = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(shape)
        scale = name.endswith("weight") and len(shape) == 1
        tensors[name] = (1 + numbers / 10 if scale else numbers / 4).astype(np.float32)
    return tensors


def tiny_checkpoint(
    folder: Path, family: str, *, before: str = "", config: Mapping[str, Any] | None = None
) -> Path:
    """One that there is a reference of; ``before`` is put before its tensors' names."""
    reference = REFERENCES[family]
    tensors = random_tensors(reference["shapes"])
    named = {before + name: tensor for name, tensor in tensors.items()}
    return write_checkpoint(folder / family, config or reference["config"], named)


def write_checkpoint(
    folder: Path, config: Mapping[str, Any], tensors: Mapping[str, NDArray[np.float32]]
) -> Path:
    """Write a checkpoint's folder and give it."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(dict(config)))
    (folder / "tokenizer.json").write_text(TINY_TOKENIZER)
    write_safetensors(folder / "model.safetensors", tensors)
    return folder


def write_safetensors(path: Path, tensors: Mapping[str, NDArray[np.float32]]) -> None:
    """Write a safetensors file of floats."""
    head, at = {}, 0
    for name, tensor in tensors.items():
        place = [at, at + tensor.nbytes]
        head[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": place}
        at = place[1]
    text = json.dumps(head).encode()
    contents = b"".join(np.ascontiguousarray(tensor).tobytes() for tensor in tensors.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + contents)
