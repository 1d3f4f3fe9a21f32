"""Each input of a graph gets what it is for, or is named as one that nobody knows."""

from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder.convert import convert
from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.frozen_encoder import open_encoder
from ner_engine.encoder.inputs import GraphInput, plan_feeding
from ner_engine.errors import EncoderUnreadable
from ner_engine.recipes import Features
from tests.ner_engine.encoder.convert.checkpoints import TINY_TOKENIZER, tiny_checkpoint
from tests.ner_engine.encoder.graphs import Exporter


def inputs(*names: str, type_: str = "tensor(int64)") -> list[GraphInput]:
    return [GraphInput(name, type_, ["batch", "sequence"]) for name in names]


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["input_ids"], ["ids"]),
        (["input.1"], ["ids"]),
        (["input_ids", "token_type_ids", "attention_mask"], ["ids", "kinds", "mask"]),
        (["input_1", "input_2", "input_3"], ["ids", "mask", "kinds"]),
        (["input_mask:0", "input_word_ids:0", "input_type_ids:0"], ["mask", "ids", "kinds"]),
        (["position_ids", "segment_ids", "ids"], ["places", "kinds", "ids"]),
    ],
)
def test_inputs_are_known_by_name_else_by_order(names: list[str], roles: list[str]) -> None:
    feeding = plan_feeding(inputs(*names))
    assert [feeding.roles[name][0] for name in names] == roles


def test_a_text_is_fed_in_the_types_that_are_wanted() -> None:
    told = [
        *inputs("ids", type_="tensor(int32)"),
        *inputs("mask", type_="tensor(float)"),
        *inputs("position_ids"),
    ]
    feed = plan_feeding(told).feed([5, 6, 7])
    assert {name: (value.dtype.name, value.tolist()) for name, value in feed.items()} == {
        "ids": ("int32", [[5, 6, 7]]),
        "mask": ("float32", [[1, 1, 1]]),
        "position_ids": ("int64", [[0, 1, 2]]),
    }


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([*inputs("input_ids"), GraphInput("past.0.key", "tensor(float)", [1, 2, 3, 4])], "past.0"),
        (inputs("a", "b", "c", "d", "e"), "a, b, c, d, e"),
        (inputs("attention_mask"), "attention_mask"),
        (inputs("input_ids", type_="tensor(float)"), "input_ids is a tensor"),
        ([GraphInput("input_ids", "tensor(int64)", [1, 128])], "128 word pieces"),
    ],
)
def test_what_cannot_be_fed_is_named(told: list[GraphInput], said: str) -> None:
    with pytest.raises(EncoderUnreadable) as caught:
        plan_feeding(told)
    assert said in str(caught.value)


def test_a_folder_of_another_exporter_gives_vectors(tmp_path: Path) -> None:
    Exporter("torch").encoder(tmp_path / "model.onnx", inputs=("input.1", "input.2"))
    (tmp_path / "tokenizer.json").write_text(TINY_TOKENIZER)
    encoder = open_encoder(str(tmp_path), Features((1,), ("last",)))
    vectors = encoder.encode(EncodedText("nerbot nerbot", ((0, 6), (7, 13))))
    assert vectors.shape == (2, 2)
    assert np.abs(vectors).sum() > 0


def test_a_converted_checkpoint_gives_vectors_of_its_card(tmp_path: Path) -> None:
    card = convert(tiny_checkpoint(tmp_path, "deberta-v3"), tmp_path / "made")
    encoder = open_encoder(str(tmp_path / "made"), Features((card.layer,), card.pooling))
    vectors = encoder.encode(EncodedText("nerbot is", ((0, 6), (7, 9))))
    assert vectors.shape == (2, 64)


def test_vectors_that_are_not_one_a_piece_are_refused(tmp_path: Path) -> None:
    graph = Exporter("fused")
    pooled = graph.node("ReduceMean", [graph.node("Gather", ["words", "ids"]), "pieces"])
    graph.node("Identity", [pooled], "last_hidden_state")
    graph.write(tmp_path / "model.onnx", inputs=["ids"], outputs=["last_hidden_state"])
    (tmp_path / "tokenizer.json").write_text(TINY_TOKENIZER)
    with pytest.raises(EncoderUnreadable, match="not one vector each"):
        open_encoder(str(tmp_path), Features((1,)))
