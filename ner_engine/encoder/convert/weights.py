"""The tensors of a safetensors file, read where they lie: nothing is in memory before it is used.

The format is eight bytes that tell the length of a JSON head, the head with each tensor's type,
shape and place, then the bytes: see https://github.com/huggingface/safetensors#format.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.convert.form import Matrix
from ner_engine.errors import CheckpointRefused

#: A head is longer in no encoder; what is there may not be a head at all.
_LONGEST_HEAD = 64 * 2**20
_BRAIN_FLOAT = "BF16"  # the upper half of a float's bits, which numpy has no type for
_TYPES = {"F32": "<f4", "F16": "<f2", "F64": "<f8", _BRAIN_FLOAT: "<u2"}
#: Rows of a table that are turned to floats at once.
_ROWS = 8192


class Weights:
    """A file's tensors by name, without what comes before the names in some checkpoints."""

    def __init__(self, path: Path) -> None:
        """Read the head. Raises CheckpointRefused."""
        self._name = path.name
        try:
            self._head, start = _read_head(path)
            self._bytes = np.memmap(path, mode="r", dtype=np.uint8)[start:]
        except FileNotFoundError as error:
            raise CheckpointRefused(reason=f"it has no {path.name}") from error
        except (OSError, ValueError, struct.error) as error:
            raise CheckpointRefused(reason=f"{path.name} is not a safetensors file") from error
        self._prefix = ""

    def begin_with(self, name: str) -> None:
        """Leave out what comes before a name that every checkpoint of the family has."""
        for known in self._head:
            if known == name or known.endswith(f".{name}"):
                self._prefix = known.removesuffix(name)
                return
        raise CheckpointRefused(reason=f"{self._name} has no tensor {name}")

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self._head

    def __getitem__(self, name: str) -> Matrix:
        """A tensor as floats; one of another type is copied. Raises CheckpointRefused."""
        return _as_floats(*self._raw(name))

    def find(self, name: str) -> Matrix | None:
        """A tensor, or None if there is none of that name."""
        return self[name] if self._prefix + name in self._head else None

    def rows(self, name: str) -> Iterator[Matrix]:
        """A table, some thousand rows at a time: a vocabulary's is too long to be copied."""
        raw, kind = self._raw(name)
        return (_as_floats(raw[at : at + _ROWS], kind) for at in range(0, len(raw), _ROWS))

    def _raw(self, name: str) -> tuple[NDArray[Any], str]:
        try:
            entry = self._head[self._prefix + name]
            kind, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        except KeyError as error:
            raise CheckpointRefused(reason=f"{self._name} has no tensor {name}") from error
        if kind not in _TYPES:
            raise CheckpointRefused(
                reason=f"its tensor {name} is of type {kind}, not F32, F16 or BF16"
            )
        try:
            return self._bytes[start:end].view(_TYPES[kind]).reshape(shape), kind
        except (TypeError, ValueError) as error:
            raise CheckpointRefused(reason=f"{self._name} is cut off: tensor {name}") from error


def _read_head(path: Path) -> tuple[dict[str, Any], int]:
    """The head, and where the tensors' bytes begin. Raises OSError, ValueError, struct.error."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        head = json.loads(file.read(length)) if length <= _LONGEST_HEAD else None
    if isinstance(head, dict):
        return head, 8 + length
    raise ValueError(length)


def _as_floats(raw: NDArray[Any], kind: str) -> Matrix:
    if kind == _BRAIN_FLOAT:
        return (raw.astype(np.uint32) << 16).view(np.float32)
    return np.asarray(raw, dtype=np.float32)
