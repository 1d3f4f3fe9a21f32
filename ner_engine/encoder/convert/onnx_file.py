"""An ONNX file, written without the onnx package: see onnx.proto of https://github.com/onnx/onnx."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.protobuf import field, opening, real_number, whole_number

#: The version of the file's format and of the operators' meanings that the graphs use.
_FORMAT, _OPERATORS = 9, 18
#: Where onnxruntime's own, fused and quantized operators are.
CONTRIB = "com.microsoft"
#: TensorProto.DataType
_KINDS = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "bool": 9}
#: Of what an encoder takes and gives.
_SIZES = ("size_0", "size_1", "size_2")


@dataclass(frozen=True, slots=True)
class Port:
    """What goes into a graph or comes out: its numbers' kind, as numpy calls it, and the names of its sizes.

    Sizes of one name are equal in all values of a graph.
    """

    name: str
    kind: str
    sizes: tuple[str, ...]


class OnnxFile:
    """A graph in the making; operators are added in the order in which they run."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes | NDArray[Any]] = []
        self._names: dict[str, int] = {}

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """A tensor that lies in the file. Gives its name."""
        values = np.ascontiguousarray(values)
        head = b"".join(whole_number(1, size) for size in values.shape)
        head += whole_number(2, _KINDS[values.dtype.name]) + field(8, name.encode())
        head += opening(9, values.nbytes)
        self._constants += [opening(5, len(head) + values.nbytes) + head, values]
        return name

    def node(
        self,
        kind: str,
        inputs: Sequence[str],
        name: str = "",
        *,
        domain: str = "",
        **attributes: Any,
    ) -> str:
        """An operator with one output. Gives the output's name, one of its own if none is told."""
        name = name or self._fresh(kind)
        self.node_of(kind, inputs, [name], domain=domain, **attributes)
        return name

    def node_of(
        self,
        kind: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        domain: str = "",
        **attributes: Any,
    ) -> Sequence[str]:
        """An operator with some outputs. Gives their names."""
        message = b"".join(field(1, name.encode()) for name in inputs)
        message += b"".join(field(2, name.encode()) for name in outputs)
        message += field(4, kind.encode())
        message += b"".join(field(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(field(1, message + field(7, domain.encode())))
        return outputs

    def write(self, path: Path, *, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        """Write an encoder's file: inputs are ids (text, place), outputs vectors (text, place, number)."""
        self.write_ports(
            path,
            "encoder",
            inputs=[Port(name, "int64", _SIZES[:2]) for name in inputs],
            outputs=[Port(name, "float32", _SIZES) for name in outputs],
        )

    def write_ports(
        self, path: Path, name: str, *, inputs: Sequence[Port], outputs: Sequence[Port]
    ) -> None:
        """Write the file of a graph with a name, whose inputs and outputs may have any size."""
        rest = field(2, name.encode())
        rest += b"".join(field(11, _value(port)) for port in inputs)
        rest += b"".join(field(12, _value(port)) for port in outputs)
        parts = [*self._nodes, *self._constants, rest]
        length = sum(part.nbytes if isinstance(part, np.ndarray) else len(part) for part in parts)
        with path.open("wb") as file:
            file.write(whole_number(1, _FORMAT))
            for domain, version in (("", _OPERATORS), (CONTRIB, 1)):
                file.write(field(8, field(1, domain.encode()) + whole_number(2, version)))
            file.write(opening(7, length))
            for part in parts:
                file.write(part if isinstance(part, bytes) else part.data)

    def _fresh(self, kind: str) -> str:
        number = self._names[kind] = self._names.get(kind, 0) + 1
        return f"{kind}_{number}"


def _attribute(name: str, value: float | str | Sequence[int]) -> bytes:
    head = field(1, name.encode())
    if isinstance(value, float):
        return head + real_number(2, value) + whole_number(20, 1)
    if isinstance(value, int):
        return head + whole_number(3, value) + whole_number(20, 2)
    if isinstance(value, str):
        return head + field(4, value.encode()) + whole_number(20, 3)
    return head + b"".join(whole_number(8, item) for item in value) + whole_number(20, 7)


def _value(port: Port) -> bytes:
    sizes = b"".join(field(1, field(2, size.encode())) for size in port.sizes)
    tensor = whole_number(1, _KINDS[port.kind]) + field(2, sizes)
    return field(1, port.name.encode()) + field(2, field(1, tensor))
