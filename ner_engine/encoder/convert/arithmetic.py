"""Matrices in a graph, in whole numbers of 8 bits or as floats."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ner_engine.encoder.convert.form import Activation, Linear, Matrix, Norm
from ner_engine.encoder.convert.onnx_file import CONTRIB, OnnxFile
from ner_engine.errors import CheckpointRefused

Precision = Literal["int8", "fp32"]

#: The largest weight. Kernels for processors without VNNI add two products in 16 bits, which
#: overflow with weights of 8 bits: the vectors of MPNet's layer 6 had a cosine of 0.04 with the
#: true ones. With weights of 7 bits every processor gives nearly the same.
_LARGEST = 63
_LARGEST_IN_TABLE = 127


class Arithmetic:
    """Adds the parts that layers are made of to a graph; each gives its output's name."""

    def __init__(self, file: OnnxFile, precision: Precision) -> None:
        self.file, self._precision = file, precision

    def linear(self, name: str, value: str, linear: Linear) -> str:
        """A matrix times a value, the bias added."""
        bias = linear.bias
        if self._precision == "fp32":
            weight = self.file.constant(f"{name}.weight", linear.weight.T)
            product = self.file.node("MatMul", [value, weight])
            if bias is None:
                return product
            return self.file.node("Add", [product, self.file.constant(f"{name}.bias", bias)], name)
        rows, scales = quantized(linear.weight, _LARGEST)
        inputs = [
            value,
            self.file.constant(f"{name}.weight", rows.T),
            self.file.constant(f"{name}.scale", scales),
            "",  # zero points, which are slower to be told of than to be zero
        ]
        if bias is not None:
            inputs.append(self.file.constant(f"{name}.bias", bias))
        return self.file.node("DynamicQuantizeMatMul", inputs, name, domain=CONTRIB)

    def table(self, name: str, blocks: Iterator[Matrix], ids: str) -> str:
        """The rows of a table, one for each id."""
        if self._precision == "fp32":
            table = self.file.constant(name, np.concatenate(list(blocks)))
            return self.file.node("Gather", [table, ids])
        pairs = [quantized(block, _LARGEST_IN_TABLE) for block in blocks]
        rows = self.file.constant(name, np.concatenate([rows for rows, _ in pairs]))
        scales = np.concatenate([scales for _, scales in pairs])[:, None]
        scale = self.file.node("Gather", [self.file.constant(f"{name}.scale", scales), ids])
        whole = self.file.node("Gather", [rows, ids])
        return self.file.node("Mul", [self.file.node("Cast", [whole], to=1), scale])

    def norm(self, name: str, value: str, norm: Norm, *, added: str = "") -> str:
        """A layer normalization; ``added`` is added to the value before it."""
        inputs = [self.file.constant(f"{name}.norm_scale", norm.scale)]
        if norm.shift is not None:
            inputs.append(self.file.constant(f"{name}.norm_shift", norm.shift))
        if added:
            # Not onnxruntime's SkipLayerNormalization, which takes more than twice as long as both.
            value = self.file.node("Add", [value, added])
        return self.file.node(
            "LayerNormalization", [value, *inputs], name, epsilon=norm.epsilon, axis=-1
        )

    def activation(self, value: str, kind: Activation) -> str:
        """The bend between the two matrices of the feed-forward part."""
        match kind:
            case "gelu":
                return self.file.node("Gelu", [value], domain=CONTRIB)
            case "gelu_tanh":
                return self.file.node("FastGelu", [value], domain=CONTRIB)
            case "relu":
                return self.file.node("Relu", [value])
            case "silu":
                return self.file.node("Mul", [value, self.file.node("Sigmoid", [value])])


def quantized(matrix: Matrix, largest: int) -> tuple[NDArray[np.int8], Matrix]:
    """A matrix in whole numbers, and what each row of them is multiplied by.

    A row's largest number becomes ``largest``. Raises CheckpointRefused.
    """
    scales = np.abs(matrix).max(axis=1) / np.float32(largest)
    if not np.isfinite(scales).all():
        raise CheckpointRefused(reason="its numbers are not finite")
    scales[scales == 0] = 1
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales
