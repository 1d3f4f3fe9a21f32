"""Small graphs as others export them: two layers of two numbers, a word piece's vector its id."""

from pathlib import Path

import numpy as np

from ner_engine.encoder.convert.onnx_file import CONTRIB, OnnxFile

Names = tuple[str, ...]


class Exporter(OnnxFile):
    """Writes norms and layers in one of the ways that are found."""

    def __init__(self, norm: str, *, before: bool = False) -> None:
        super().__init__()
        self._norm, self._before = norm, before
        self.constant("words", np.array([[1, -1], [2, 4], [-3, 1], [5, 0]], np.float32))
        for name, values in (("gamma", [2.0, 3.0]), ("beta", [0.5, -0.5])):
            self.constant(name, np.array(values, np.float32))
        for name, value in (("epsilon", 1e-6), ("two", 2.0), ("one", 1.0)):
            self.constant(name, np.array(value, np.float32))
        self.constant("numbers", np.array([-1], np.int64))
        self.constant("pieces", np.array([1], np.int64))
        #: The values that a reader should find, the embedding's end first.
        self.ends: list[str] = []

    def encoder(self, path: Path, inputs: Names = ("input_ids",), last: str = "") -> list[str]:
        """Write it; gives the names of the layers' ends."""
        value = self.norm(self.node("Gather", ["words", inputs[0]]))
        for other in inputs[1:]:
            mask = self.node("Cast", [self.node("Unsqueeze", [other, "numbers"])], to=1)
            value = self.node("Add", [value, self.node("Mul", [mask, "epsilon"])])
        self.ends.append(value)
        for _ in range(2):
            value = self._layer(value)
        if self._before:
            self.ends.append(self.norm(value))
            self.ends.pop(0)
        self.node("Identity", [self.ends[-1]], last or "last_hidden_state")
        self.write(path, inputs=inputs, outputs=[last or "last_hidden_state"])
        return self.ends

    def _layer(self, value: str) -> str:
        for part in ("attention", "feed"):
            prepared = self.norm(value) if self._before else value
            if self._before and part == "attention":
                self.ends.append(prepared)
            done = self.node("Softmax" if part == "attention" else "Tanh", [prepared])
            value = self.node("Add", [value, done])
            value = value if self._before else self.norm(value)
        if not self._before:
            self.ends.append(value)
        return value

    def norm(self, value: str) -> str:
        """A norm in the chosen way."""
        match self._norm:
            case "fused":
                return self.node("LayerNormalization", [value, "gamma", "beta"], axis=-1)
            case "fused rms":
                return self.node("SimplifiedLayerNormalization", [value, "gamma"], axis=-1)
            case "skip":
                inputs = [value, value, "gamma", "beta"]
                return self.node("SkipLayerNormalization", inputs, domain=CONTRIB)
            case "torch":
                apart = self.node("Sub", [value, self._mean(value)])
                normed = self.node("Div", [apart, self._root(apart)])
                return self.node("Add", [self.node("Mul", [normed, "gamma"]), "beta"])
            case "rms":
                normed = self.node("Mul", [value, self.node("Reciprocal", [self._root(value)])])
                return self.node("Mul", ["gamma", normed])
            case "rms by one":
                normed = self.node("Mul", [value, self.node("Div", ["one", self._root(value)])])
                return self.node("Mul", ["gamma", self.node("Cast", [normed], to=1)])
            case _:  # TensorFlow
                mean = self._mean(value)
                root = self._root(self.node("Sub", [value, mean]))
                scale = self.node("Mul", [self.node("Reciprocal", [root]), "gamma"])
                shift = self.node("Sub", ["beta", self.node("Mul", [mean, scale])])
                return self.node("Add", [self.node("Mul", [value, scale]), shift])

    def _mean(self, value: str) -> str:
        return self.node("ReduceMean", [value, "numbers"], keepdims=1)

    def _root(self, value: str) -> str:
        square = self._mean(self.node("Pow", [value, "two"]))
        return self.node("Sqrt", [self.node("Add", [square, "epsilon"])])
