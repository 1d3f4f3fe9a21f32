"""A safetensors file's numbers are the same whatever type they are kept in."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder.convert.weights import Weights
from ner_engine.errors import CheckpointRefused

NUMBERS = np.array([[1.5, -2.0], [0.25, 384.0], [0.0, -0.125]], np.float32)


def written(path: Path, kind: str, content: bytes) -> Weights:
    entry = {"dtype": kind, "shape": [3, 2], "data_offsets": [0, len(content)]}
    head = json.dumps({"model.numbers": entry, "__metadata__": {"format": "pt"}}).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + content)
    weights = Weights(path)
    weights.begin_with("numbers")
    return weights


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("F32", NUMBERS.tobytes()),
        ("F16", NUMBERS.astype(np.float16).tobytes()),
        ("F64", NUMBERS.astype(np.float64).tobytes()),
        ("BF16", (NUMBERS.view(np.uint32) >> 16).astype(np.uint16).tobytes()),
    ],
)
def test_every_type_of_number_is_read(tmp_path: Path, kind: str, content: bytes) -> None:
    weights = written(tmp_path / "model.safetensors", kind, content)
    np.testing.assert_array_equal(weights["numbers"], NUMBERS)
    np.testing.assert_array_equal(np.concatenate(list(weights.rows("numbers"))), NUMBERS)


def test_another_type_is_refused_by_its_name(tmp_path: Path) -> None:
    weights = written(tmp_path / "model.safetensors", "I8", bytes(6))
    with pytest.raises(CheckpointRefused, match="of type I8"):
        weights["numbers"]
