"""Attention in a graph, and the ways in which encoders tell it where pieces stand."""

import math

import numpy as np

from ner_engine.encoder.convert.form import Disentangled, Form, Layer, Matrix
from ner_engine.encoder.convert.onnx_file import CONTRIB, OnnxFile


class Attention:
    """Adds a layer's attention to a graph; what layers share is there once."""

    def __init__(self, file: OnnxFile, form: Form, ids: str) -> None:
        self._file, self._form = file, form
        self._zero = file.constant("zero", np.array([0], np.int64))
        self._one = file.constant("one", np.array([1], np.int64))
        two = file.constant("two", np.array([2], np.int64))
        self._length = file.node("Slice", [file.node("Shape", [ids]), self._one, two])
        self._apart: str = ""
        self._biases: dict[str, str] = {}
        self._turns: dict[float, list[str]] = {}

    def first_places(self, table: str) -> str:
        """As many of a table's rows as the text has pieces."""
        return self._file.node("Slice", [table, self._zero, self._length, self._zero])

    def heads(self, name: str, inputs: str, layer: Layer) -> str:
        """What all heads see, side by side; ``inputs`` are queries, keys and values side by side."""
        query, key, value = (f"{name}.{part}" for part in ("query", "key", "value"))
        self._file.node_of("Split", [inputs], [query, key, value], axis=-1, num_outputs=3)
        if layer.rotary:
            query, key = (self._turned(part, layer.rotary) for part in (query, key))
        added, terms = "", 1
        if layer.distances:
            added = self._bias(layer.distances)
        if layer.disentangled:
            terms += (layer.disentangled.keys is not None) + (
                layer.disentangled.queries is not None
            )
            added = self._disentangled(name, query, key, layer.disentangled, self._scale(terms))
        return self._file.node(
            "MultiHeadAttention",
            [query, key, value, *(["", "", added] if added else [])],
            domain=CONTRIB,
            num_heads=self._form.heads,
            scale=self._scale(terms),
        )

    def _scale(self, terms: int) -> float:
        return 1 / math.sqrt(self._form.hidden / self._form.heads * terms)

    def _distances(self) -> str:
        """How far after each place every other one is, (place, other place), counted from the
        table's middle.
        """
        if not self._apart:
            file, window = self._file, self._form.window
            places = self.first_places(
                file.constant("all_places", np.arange(window, dtype=np.int64))
            )
            across = file.node("Unsqueeze", [places, self._zero])
            along = file.node("Unsqueeze", [places, self._one])
            middle = file.constant("own_place", np.array(window - 1, np.int64))
            self._apart = file.node("Add", [file.node("Sub", [across, along]), middle])
        return self._apart

    def _bias(self, name: str) -> str:
        """The numbers of every two places, (1, head, place, other place)."""
        if name not in self._biases:
            file = self._file
            table = file.constant(f"distances.{name}", self._form.distances[name])
            found = file.node("Gather", [table, self._distances()], axis=1)
            self._biases[name] = file.node("Unsqueeze", [found, self._zero])
        return self._biases[name]

    def _turned(self, value: str, base: float) -> str:
        """Each two numbers of each head turned by an angle that grows with the place.

        See Su and others, 2021, https://arxiv.org/abs/2104.09864.
        """
        if base not in self._turns:
            half = self._form.hidden // self._form.heads // 2
            speeds = base ** -(np.arange(half) / half)
            angles = np.arange(self._form.window)[:, None] * speeds
            self._turns[base] = [
                self._file.constant(f"{kind}.{base:g}", part(angles).astype(np.float32))
                for kind, part in (("cosines", np.cos), ("sines", np.sin))
            ]
        return self._file.node(
            "RotaryEmbedding", [value, self._zero, *self._turns[base]], domain=CONTRIB
        )

    def _disentangled(
        self, name: str, query: str, key: str, parts: Disentangled, scale: float
    ) -> str:
        """What pieces and distances are to each other, (1, head, place, other place)."""
        terms = []
        if parts.keys is not None:
            terms.append(self._seen(f"{name}.far_keys", query, parts.keys * scale, self._bucket()))
        if parts.queries is not None:
            other = self._bucket(turned=True)
            found = self._seen(f"{name}.far_queries", key, parts.queries * scale, other)
            terms.append(self._file.node("Transpose", [found], perm=[0, 1, 3, 2]))
        return terms[0] if len(terms) == 1 else self._file.node("Add", terms) if terms else ""

    def _seen(self, name: str, value: str, far: Matrix, bucket: str) -> str:
        heads = self._file.node("Transpose", [self._by_head(value)], perm=[0, 2, 1, 3])
        products = self._file.node("MatMul", [heads, self._file.constant(name, far)])
        return self._file.node("GatherElements", [products, bucket], axis=3)

    def _by_head(self, value: str) -> str:
        if "by_head" not in self._biases:
            heads = self._form.heads
            shape = np.array([0, 0, heads, self._form.hidden // heads], np.int64)
            self._biases["by_head"] = self._file.constant("by_head", shape)
        return self._file.node("Reshape", [value, self._biases["by_head"]])

    def _bucket(self, *, turned: bool = False) -> str:
        """The bucket of every two places, for each head; turned, the other place comes first."""
        name = "bucket.turned" if turned else "bucket"
        if name not in self._biases and self._form.buckets is not None:
            file = self._file
            table = file.constant(name, self._form.buckets)
            found = file.node("Gather", [table, self._distances()])
            if turned:
                found = file.node("Transpose", [found], perm=[1, 0])
            heads = file.constant(f"{name}.heads", np.array([1, self._form.heads, 1, 1], np.int64))
            self._biases[name] = file.node("Expand", [found, heads])
        return self._biases[name]
