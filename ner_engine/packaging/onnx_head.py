"""All of a recognizer behind its encoder as one ONNX graph: vectors of word pieces in, scores of tags out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ner_engine.encoder.columns import TaughtColumns
from ner_engine.encoder.convert.onnx_file import OnnxFile, Port
from ner_engine.encoder.word_forms import HEIGHT as FORM_HEIGHT
from ner_engine.encoder.word_shapes import HEIGHT, WIDTH
from ner_engine.errors import NotPackaged
from ner_engine.recipes import Features, Pooling

#: How near to nothing a vector's length and a variance may come: see the encoder's and thinc's own code.
_SHORTEST, _LEAST_VARIANCE = 1e-6, 1e-8
_FLOAT, _HALF = 1, 10  # TensorProto.DataType
#: What a reader tells of a word's casing and shape; the first word of a text it does not tell.
FLAGS = WIDTH - 1
#: Behind the last row of anything.
_FAR = 2**31 - 1
_INPUTS = (
    Port("pieces", "float32", ("pieces", "width")),
    Port("spans", "int64", ("pieces", "two")),
    Port("tokens", "int64", ("tokens", "two")),
    Port("shapes", "float32", ("tokens", "flags")),
)
_OUTPUT = Port("scores", "float32", ("tokens", "tags"))
#: The layers of a member, as thinc calls them.
_PARTS = ("project", "maxout", "layernorm", "linear")


def write_head(
    path: Path,
    members: Sequence[Any],
    features: Features,
    *,
    hidden: int,
    columns: TaughtColumns | None,
    forms: int = 0,
) -> None:
    """Write the graph of some members, ``hidden`` being the width of one layer of the encoder.

    Raises NotPackaged for a network that is not a window layer over an encoder's vectors.
    """
    head = _Head()
    rows = head.halved(head.token_vectors(features, hidden))
    if columns:
        rows = head.node("Concat", [rows, head.taught(rows, columns)], axis=-1)
    if forms:
        rows = head.node("Concat", [rows, head.word_forms()], axis=-1)
    scores = [head.member(f"member_{place}", rows, each) for place, each in enumerate(members)]
    total = head.node("Sum", scores)
    head.node("Div", [total, head.numbers("members", len(members))], _OUTPUT.name)
    head.write_ports(path, "head", inputs=_INPUTS, outputs=[_OUTPUT])


class _Head(OnnxFile):
    def __init__(self) -> None:
        super().__init__()
        for name, value in (("zero", 0), ("one", 1), ("two", 2), ("minus_one", -1), ("far", _FAR)):
            self.constant(name, np.array([value], np.int64))
        self.numbers("nothing", 0.0)
        self._pads: set[str] = set()

    def numbers(self, name: str, values: Any) -> str:
        """A constant of floats."""
        return self.constant(name, np.asarray(values, np.float32))

    def halved(self, rows: str) -> str:
        """Rounded to half precision, in which models learn vectors."""
        return self.node("Cast", [self.node("Cast", [rows], to=_HALF)], to=_FLOAT)

    def token_vectors(self, features: Features, hidden: int) -> str:
        """The vectors of each token's pieces, brought together, and what its word looks like."""
        pools = self._pools()
        pooled = self.node("Concat", [pools[name] for name in features.pooling], axis=-1)
        if features.normalize:
            pooled = self._normalized(pooled, len(features.pooling) * len(features.layers), hidden)
        if not features.shapes:
            return pooled
        return self.node("Concat", [pooled, *self._shapes()], axis=-1)

    def _pools(self) -> Mapping[Pooling, str]:
        """The pieces that touch a token in each way of taking them; nothing but zeros where none does."""
        starts, ends = self._columns_of("spans")
        begins, stops = (
            self.node("Unsqueeze", [each, "one"]) for each in self._columns_of("tokens")
        )
        inside = [self.node("Greater", [ends, begins]), self.node("Less", [starts, stops])]
        touching = self.node("Cast", [self.node("And", inside)], to=_FLOAT)
        # One piece more, which touches nothing: a text may have none.
        touching = self._padded(touching, [0, 0, 0, 1])
        pieces = self._padded("pieces", [0, 0, 1, 0])
        count = self.node("ReduceSum", [touching, "one"], keepdims=1)
        known = self.node("Min", [count, self.numbers("at_most", 1.0)])
        pools: dict[Pooling, str] = {}
        sides: Sequence[tuple[Pooling, int]] = (("first", 0), ("last", 1))
        for name, is_last in sides:
            place = self.node("ArgMax", [touching], axis=1, keepdims=0, select_last_index=is_last)
            pools[name] = self.node("Mul", [self.node("Gather", [pieces, place], axis=0), known])
        counted = self.node("Max", [count, self.numbers("at_least", 1.0)])
        pools["mean"] = self.node("Div", [self.node("MatMul", [touching, pieces]), counted])
        return pools

    def _columns_of(self, offsets: str) -> Sequence[str]:
        return [
            self.node("Squeeze", [self.node("Slice", [offsets, one, two, "one"]), "one"])
            for one, two in (("zero", "one"), ("one", "two"))
        ]

    def _normalized(self, rows: str, parts: int, hidden: int) -> str:
        shape = self.constant("apart", np.array([-1, parts, hidden], np.int64))
        together = self.constant("together", np.array([-1, parts * hidden], np.int64))
        apart = self.node("Reshape", [rows, shape])
        length = self.node("ReduceL2", [apart, "minus_one"], keepdims=1)
        length = self.node("Div", [length, self.numbers("half_root", np.sqrt(hidden) / 2)])
        length = self.node("Max", [length, self.numbers("shortest", _SHORTEST)])
        return self.node("Reshape", [self.node("Div", [apart, length]), together])

    def _shapes(self) -> Sequence[str]:
        """The flags that the reader gives, and the one of the first word."""
        height = self.numbers("height", HEIGHT)
        flags = self.constant("flags_end", np.array([FLAGS], np.int64))
        shapes = self.node("Slice", ["shapes", "zero", flags, "one"])
        first_flag = self.node("Slice", ["shapes", "zero", "one", "one"])
        others = self.node("Mul", [first_flag, "nothing"])
        is_first = self._padded(
            self.node("Slice", [others, "one", "far", "zero"]),
            [1, 0, 0, 0],
            self.numbers("is_first", 1.0),
        )
        return [self.node("Mul", [each, height]) for each in (shapes, is_first)]

    def word_forms(self) -> str:
        """The signs of each word's forms, which the reader draws behind its flags."""
        start = self.constant("forms_start", np.array([FLAGS], np.int64))
        drawn = self.node("Slice", ["shapes", start, "far", "one"])
        middle = self.node("Sub", [drawn, self.numbers("half", 0.5)])
        return self.node("Mul", [middle, self.numbers("form_height", 2 * FORM_HEIGHT)])

    def taught(self, rows: str, columns: TaughtColumns) -> str:
        """The columns that public corpora taught, of a token and its neighbours."""
        sides = ["left", "middle", "right"]
        product = self.node("MatMul", [rows, self.numbers("taught_weights", columns.weights)])
        self.node_of("Split", [product], sides, axis=-1, num_outputs=len(sides))
        total = self.node("Add", ["middle", self.numbers("taught_bias", columns.bias)])
        total = self.node("Add", [total, self._before(sides[0])])
        total = self.node("Add", [total, self._behind(sides[2])])
        height = self.numbers("taught_height", columns.height)
        return self.halved(self.node("Mul", [self.node("Tanh", [total]), height]))

    def member(self, name: str, rows: str, member: Any) -> str:
        """The scores of one member: its vectors, one window over them, its output."""
        parts = {node.name: node for node in member.walk() if node.name in _PARTS}
        if set(parts) != set(_PARTS):
            raise NotPackaged(reason="its network is not one that the preset encoder makes")
        maxout, norm = parts["maxout"], parts["layernorm"]
        own = self._linear(f"{name}.project", rows, parts["project"])
        window = self.node("Concat", [self._before(own), own, self._behind(own)], axis=-1)
        width, pieces = maxout.get_param("b").shape
        shape = self.constant(f"{name}.pieces", np.array([-1, width, pieces], np.int64))
        bent = self.node("Reshape", [self._linear(f"{name}.maxout", window, maxout), shape])
        bent = self.node("ReduceMax", [bent, "minus_one"], keepdims=0)
        scale = [self.numbers(f"{name}.{kind}", norm.get_param(kind)) for kind in ("G", "b")]
        normed = self.node("LayerNormalization", [bent, *scale], axis=-1, epsilon=_LEAST_VARIANCE)
        return self._linear(f"{name}.linear", self.node("Add", [own, normed]), parts["linear"])

    def _linear(self, name: str, rows: str, layer: Any) -> str:
        weights, bias = layer.get_param("W"), layer.get_param("b").reshape(-1)
        flat = weights.reshape(len(bias), -1).T
        product = self.node("MatMul", [rows, self.numbers(f"{name}.W", flat)])
        return self.node("Add", [product, self.numbers(f"{name}.bias", bias)])

    def _before(self, rows: str) -> str:
        """The row before each; zeros before the first."""
        return self._padded(self.node("Slice", [rows, "zero", "minus_one", "zero"]), [1, 0, 0, 0])

    def _behind(self, rows: str) -> str:
        """The row behind each; zeros behind the last."""
        return self._padded(self.node("Slice", [rows, "one", "far", "zero"]), [0, 0, 1, 0])

    def _padded(self, rows: str, pads: Sequence[int], filled: str = "nothing") -> str:
        """More rows or columns: so many rows and columns before, and so many behind."""
        name = f"pads_{''.join(map(str, pads))}"
        if name not in self._pads:
            self._pads.add(self.constant(name, np.array(pads, np.int64)))
        return self.node("Pad", [rows, name, filled])
