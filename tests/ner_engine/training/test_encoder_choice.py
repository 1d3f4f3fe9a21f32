from pathlib import Path

import pytest

from ner_engine import TrainingSettings
from ner_engine.encoder.card import read_card
from ner_engine.encoder.convert import convert
from ner_engine.results import Comparison
from ner_engine.training.encoder_choice import LayerResult, best_layer, ranked, write_layer
from tests.ner_engine.data import make_gold
from tests.ner_engine.encoder.convert.checkpoints import tiny_checkpoint


def result(layer: int, f1: float) -> LayerResult:
    return LayerResult(layer, Comparison(0, f1, 0.5, 10, 0.5, (-0.1, 0.2)))


def test_the_best_layer_is_first_and_of_equal_ones_the_lower() -> None:
    results = [result(3, 0.6), result(2, 0.7), result(1, 0.7)]
    assert [found.layer for found in ranked(results)] == [1, 2, 3]


def test_each_layer_is_compared_on_the_same_sentences_and_nothing_is_switched(
    tmp_path: Path,
) -> None:
    convert(tiny_checkpoint(tmp_path, "bert"), tmp_path / "made")
    before = (tmp_path / "made" / "encoder.json").read_bytes()
    gold = make_gold(1)
    results = list(best_layer(gold, tmp_path / "made", [1, 2], present=TrainingSettings(steps=2)))
    assert [found.layer for found in results] == [1, 2]
    assert all(found.beside.sentences == len(gold) for found in results)
    assert all(found.beside.interval is not None for found in results)
    assert (tmp_path / "made" / "encoder.json").read_bytes() == before


@pytest.mark.parametrize("layer", [1, 2])
def test_a_layer_that_is_chosen_is_all_that_changes_in_the_card(tmp_path: Path, layer: int) -> None:
    convert(tiny_checkpoint(tmp_path, "bert"), tmp_path / "made", licence="MIT")
    write_layer(tmp_path / "made", layer)
    card = read_card(tmp_path / "made")
    assert (card.layer, card.licence, card.window) == (layer, "MIT", 40)
