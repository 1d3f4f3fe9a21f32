"""Small checkpoints as publishers give them: config.json, model.safetensors, tokenizer.json."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
