"""The graph of an encoder, from its form: word pieces' ids in, the vectors of each layer out."""

from itertools import islice
from pathlib import Path

import numpy as np

from ner_engine.encoder.convert.arithmetic import Arithmetic, Precision
from ner_engine.encoder.convert.form import Distances, Embedding, Form, Layer
from ner_engine.encoder.convert.onnx_file import CONTRIB, OnnxFile

INPUT = "input_ids"


def write_graph(path: Path, form: Form, layers: int, precision: Precision) -> None:
    """Write the first layers of an encoder to an ONNX file; layer k's vectors are ``layer_k``."""
    file = OnnxFile()
    builder = _Builder(file, form, Arithmetic(file, precision))
    value = builder.embedding(form.embedding)
    outputs = []
    for number, layer in enumerate(islice(form.layers, layers), start=1):
        value = builder.layer(f"layer_{number}", value, layer)
        outputs.append(value)
    file.write(path, inputs=[INPUT], outputs=outputs)


class _Builder:
    def __init__(self, file: OnnxFile, form: Form, arithmetic: Arithmetic) -> None:
        self._file, self._form, self._math = file, form, arithmetic
        self._zero = file.constant("zero", np.array([0], np.int64))
        self._one = file.constant("one", np.array([1], np.int64))
        two = file.constant("two", np.array([2], np.int64))
        shape = file.node("Shape", [INPUT])
        self._length = file.node("Slice", [shape, self._one, two])
        self._distances = self._distance_bias(form.attention) if form.attention else ""

    def embedding(self, embedding: Embedding) -> str:
        value = self._math.table("words", embedding.words(), INPUT)
        if embedding.places is not None:
            table = self._file.constant("places", embedding.places)
            places = self._file.node("Slice", [table, self._zero, self._length, self._zero])
            value = self._file.node("Add", [value, places])
        if embedding.norm:
            value = self._math.norm("embedding", value, embedding.norm)
        return self._file.node("Identity", [value], "layer_0")

    def layer(self, name: str, value: str, layer: Layer) -> str:
        attention = self._attention(name, value, layer)
        attended = self._math.norm(f"{name}.attended", attention, layer.attention_norm, added=value)
        up = self._math.linear(f"{name}.up", attended, layer.up)
        down = self._math.linear(
            f"{name}.down", self._math.activation(up, self._form.activation), layer.down
        )
        return self._math.norm(name, down, layer.feed_norm, added=attended)

    def _attention(self, name: str, value: str, layer: Layer) -> str:
        inputs = self._math.linear(f"{name}.inputs", value, layer.inputs)
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._file.node_of("Split", [inputs], parts, axis=-1, num_outputs=3)
        seen = self._file.node(
            "MultiHeadAttention",
            [*parts, *(["", "", self._distances] if self._distances else [])],
            domain=CONTRIB,
            num_heads=self._form.heads,
        )
        return self._math.linear(f"{name}.output", seen, layer.output)

    def _distance_bias(self, distances: Distances) -> str:
        """The numbers of every two places, (1, head, place, other place), made once for all layers."""
        file, window = self._file, self._form.window
        places = file.node(
            "Slice",
            [
                file.constant("all_places", np.arange(window, dtype=np.int64)),
                self._zero,
                self._length,
                self._zero,
            ],
        )
        across = file.node("Unsqueeze", [places, self._zero])
        along = file.node("Unsqueeze", [places, self._one])
        nearest = file.constant("own_place", np.array(window - 1, np.int64))
        index = file.node("Add", [file.node("Sub", [across, along]), nearest])
        table = file.constant("distances", distances.table)
        return file.node("Unsqueeze", [file.node("Gather", [table, index], axis=1), self._zero])
