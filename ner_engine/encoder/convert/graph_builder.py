"""The graph of an encoder, from its form: word pieces' ids in, the vectors of each layer out."""

from itertools import islice
from pathlib import Path

from ner_engine.encoder.convert.arithmetic import Arithmetic, Precision
from ner_engine.encoder.convert.attention import Attention
from ner_engine.encoder.convert.form import Embedding, Form, Layer
from ner_engine.encoder.convert.onnx_file import OnnxFile

_IDS = "input_ids"


def write_graph(path: Path, form: Form, layers: int, precision: Precision) -> None:
    """Write the first layers of an encoder to an ONNX file; layer k's vectors are ``layer_k``."""
    file = OnnxFile()
    builder = _Builder(file, form, precision)
    value = builder.embedding(form.embedding)
    outputs = []
    for number, layer in enumerate(islice(form.layers, layers), start=1):
        name = f"layer_{number}"
        if form.last_norm:
            value = builder.prepared_layer(f"{name}.whole", value, layer)
            builder.math.norm(name, value, form.last_norm)
        else:
            value = builder.followed_layer(name, value, layer)
        outputs.append(name)
    file.write(path, inputs=[_IDS], outputs=outputs)


class _Builder:
    def __init__(self, file: OnnxFile, form: Form, precision: Precision) -> None:
        self._file, self._form = file, form
        self.math = Arithmetic(file, precision)
        self._attention = Attention(file, form, _IDS)

    def embedding(self, embedding: Embedding) -> str:
        value = self.math.table("words", embedding.words(), _IDS)
        if embedding.wider:
            value = self.math.linear("wider", value, embedding.wider)
        if embedding.places is not None:
            table = self._file.constant("places", embedding.places)
            value = self._file.node("Add", [value, self._attention.first_places(table)])
        if embedding.norm:
            value = self.math.norm("embedding", value, embedding.norm)
        return self._file.node("Identity", [value], "layer_0")

    def followed_layer(self, name: str, value: str, layer: Layer) -> str:
        """Norms come after attention and feed-forward part."""
        attended = self._attended(name, value, layer)
        if layer.attention_norm:
            attended = self.math.norm(
                f"{name}.attended", attended, layer.attention_norm, added=value
            )
        return self.math.norm(
            name, self._fed(name, attended, layer), layer.feed_norm, added=attended
        )

    def prepared_layer(self, name: str, value: str, layer: Layer) -> str:
        """Norms come before attention and feed-forward part, and sums go on as they are."""
        prepared = value
        if layer.attention_norm:
            prepared = self.math.norm(f"{name}.prepared", value, layer.attention_norm)
        value = self._file.node("Add", [value, self._attended(name, prepared, layer)])
        prepared = self.math.norm(f"{name}.attended", value, layer.feed_norm)
        return self._file.node("Add", [value, self._fed(name, prepared, layer)])

    def _attended(self, name: str, value: str, layer: Layer) -> str:
        inputs = self.math.linear(f"{name}.inputs", value, layer.inputs)
        return self.math.linear(
            f"{name}.output", self._attention.heads(name, inputs, layer), layer.output
        )

    def _fed(self, name: str, value: str, layer: Layer) -> str:
        up = self.math.linear(f"{name}.up", value, layer.up)
        if self._form.gated:
            parts = [f"{name}.bent", f"{name}.gate"]
            self._file.node_of("Split", [up], parts, axis=-1, num_outputs=2)
            bent = self.math.activation(parts[0], self._form.activation)
            up = self._file.node("Mul", [bent, parts[1]])
        else:
            up = self.math.activation(up, self._form.activation)
        return self.math.linear(f"{name}.down", up, layer.down)
