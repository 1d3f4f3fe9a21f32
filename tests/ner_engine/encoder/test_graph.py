"""The layers of graphs that others export are found, and what cannot be read is told."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from ner_engine.encoder.graph import expose_layers
from ner_engine.encoder.protobuf import field
from ner_engine.errors import EncoderUnreadable
from tests.ner_engine.encoder.graphs import Exporter

NORMS = ["fused", "fused rms", "skip", "torch", "rms", "rms by one", "tensorflow"]


@pytest.mark.parametrize("before", [False, True], ids=["norms after", "norms before"])
@pytest.mark.parametrize("norm", NORMS)
def test_every_layer_is_found_however_its_norms_are_written(
    tmp_path: Path, norm: str, *, before: bool
) -> None:
    ends = Exporter(norm, before=before).encoder(tmp_path / "model.onnx")
    model = (tmp_path / "model.onnx").read_bytes()
    assert [expose_layers(model, [layer])[1] for layer in (0, 1, 2)] == [[end] for end in ends]


def test_what_a_layer_does_not_need_is_not_kept(tmp_path: Path) -> None:
    exporter = Exporter("fused")
    weights = exporter.constant("head", np.ones((2, 5000), np.float32))
    exporter.encoder(tmp_path / "model.onnx")
    exporter.node("MatMul", [exporter.ends[-1], weights], "logits")
    exporter.write(tmp_path / "model.onnx", inputs=["input_ids"], outputs=["logits"])
    model = (tmp_path / "model.onnx").read_bytes()
    parts, names = expose_layers(model, [1])
    cut = b"".join(parts)
    assert len(cut) < len(model) - 40_000
    session = onnxruntime.InferenceSession(cut, providers=["CPUExecutionProvider"])
    (vectors,) = session.run(names, {"input_ids": np.array([[1, 2]])})
    assert vectors.shape == (1, 2, 2)


def test_a_graph_without_layers_gives_its_last_hidden_state(tmp_path: Path) -> None:
    graph = Exporter("fused")
    graph.node("Gather", ["words", "input_ids"], "last_hidden_state")
    outputs = ["pooled", "last_hidden_state"]
    graph.node("Identity", ["last_hidden_state"], "pooled")
    graph.write(tmp_path / "model.onnx", inputs=["input_ids"], outputs=outputs)
    model = (tmp_path / "model.onnx").read_bytes()
    assert expose_layers(model, [4])[1] == ["last_hidden_state"]


def test_a_layer_that_is_not_there_is_told_beside_those_that_are(tmp_path: Path) -> None:
    Exporter("torch").encoder(tmp_path / "model.onnx")
    with pytest.raises(EncoderUnreadable, match="layers 1 to 2, and layer 4 is wanted"):
        expose_layers((tmp_path / "model.onnx").read_bytes(), [4])


def test_a_graph_with_nothing_to_take_is_told_its_outputs(tmp_path: Path) -> None:
    graph = Exporter("fused")
    for name in ("scores", "boxes"):
        graph.node("Gather", ["words", "input_ids"], name)
    graph.write(tmp_path / "model.onnx", inputs=["input_ids"], outputs=["scores", "boxes"])
    with pytest.raises(
        EncoderUnreadable, match=r"last_hidden_state; its outputs are scores, boxes"
    ):
        expose_layers((tmp_path / "model.onnx").read_bytes(), [1])


def test_weights_in_another_file_are_told_by_its_name() -> None:
    place = field(13, field(1, b"location") + field(2, b"model.onnx_data"))
    model = field(7, field(5, field(8, b"words") + place))
    with pytest.raises(EncoderUnreadable, match=r"its weights are in model\.onnx_data"):
        expose_layers(model, [1])
