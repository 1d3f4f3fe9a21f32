"""Tiny checkpoints, converted, give the vectors that the transformers library gave of them."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from ner_engine.encoder.convert import convert
from ner_engine.encoder.convert.arithmetic import Precision
from ner_engine.encoder.convert.form import Matrix
from tests.ner_engine.encoder.convert.checkpoints import IDS, PIECES, REFERENCES, tiny_checkpoint


def vectors(folder: Path, precision: Precision, layers: int | None = None) -> list[Matrix]:
    convert(folder, folder.parent / "made", precision=precision, layers=layers)
    session = onnxruntime.InferenceSession(
        folder.parent / "made" / "model.onnx", providers=["CPUExecutionProvider"]
    )
    outputs = session.run(None, {"input_ids": np.array([IDS], np.int64)})
    return [output[0][PIECES] for output in outputs]


@pytest.mark.parametrize("family", REFERENCES)
def test_as_floats_every_layer_is_the_publishers(tmp_path: Path, family: str) -> None:
    layers = vectors(tiny_checkpoint(tmp_path, family), "fp32")
    assert len(layers) == len(REFERENCES[family]["layers"])
    for layer, expected in zip(layers, REFERENCES[family]["layers"], strict=True):
        np.testing.assert_allclose(layer, expected, atol=1e-4)


@pytest.mark.parametrize("family", REFERENCES)
def test_in_whole_numbers_every_layer_points_the_same_way(tmp_path: Path, family: str) -> None:
    layers = vectors(tiny_checkpoint(tmp_path, family), "int8")
    for layer, expected in zip(layers, REFERENCES[family]["layers"], strict=True):
        wanted = np.array(expected)
        lengths = np.linalg.norm(layer, axis=1) * np.linalg.norm(wanted, axis=1)
        assert ((layer * wanted).sum(axis=1) / lengths).mean() > 0.99


def test_a_checkpoint_of_a_model_with_a_head_is_read_below_it(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, "roberta", before="roberta.")
    np.testing.assert_allclose(
        vectors(folder, "fp32")[-1], REFERENCES["roberta"]["layers"][-1], atol=1e-4
    )


def test_no_more_layers_are_kept_than_are_wanted(tmp_path: Path) -> None:
    layers = vectors(tiny_checkpoint(tmp_path, "modernbert"), "fp32", layers=1)
    assert len(layers) == 1
    np.testing.assert_allclose(layers[0], REFERENCES["modernbert"]["layers"][0], atol=1e-4)


def test_older_names_of_what_modernbert_sees_mean_the_same(tmp_path: Path) -> None:
    config = {**REFERENCES["modernbert"]["config"]}
    del config["layer_types"], config["rope_parameters"]
    older = {**config, "global_rope_theta": 160000.0, "local_rope_theta": 10000.0}
    layers = vectors(tiny_checkpoint(tmp_path, "modernbert", config=older), "fp32")
    np.testing.assert_allclose(layers[-1], REFERENCES["modernbert"]["layers"][-1], atol=1e-4)


def test_the_card_says_what_the_folder_needs(tmp_path: Path) -> None:
    card = convert(tiny_checkpoint(tmp_path, "mpnet"), tmp_path / "made", layers=2, licence="MIT")
    written = json.loads((tmp_path / "made" / "encoder.json").read_text())
    assert (card.layer, card.window, card.licence) == (2, 38, "MIT")
    assert written["layer"] == 2
    assert written["special"] == ["[CLS]", "[SEP]"]
