"""`nerbot encoders add`: what is made, where it is, and what it is compared with."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from bot.cli.encoders import chosen_encoder
from bot.cli.encoders_add import add_add, told
from bot.cli.main import main
from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.card import read_card
from ner_engine.encoder.files import read_encoder
from ner_engine.encoder.installed import encoders_folder
from ner_engine.results import Comparison
from ner_engine.training.encoder_choice import LayerResult
from tests.ner_engine.data import make_gold
from tests.ner_engine.encoder.convert.checkpoints import tiny_checkpoint

Add = Callable[..., str]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return encoders_folder()


@pytest.fixture
def add(capsys: pytest.CaptureFixture[str]) -> Add:
    """The command: what it says, on stderr where it refuses."""

    def call(*arguments: object) -> str:
        code = main(["encoders", "add", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert (code == 2) == err.startswith("nerbot: "), err
        return err if code else out

    return call


def write_gold(path: Path, gold: Iterable[AnnotatedText]) -> Path:
    lines = (json.dumps({"text": one.text, "spans": [*map(asdict, one.spans)]}) for one in gold)
    path.write_text("\n".join(lines))
    return path


def test_the_gain_is_told_with_its_interval_beside_the_present_encoder() -> None:
    result = LayerResult(6, Comparison(0, 0.712, 0.644, 100, 0.98, (0.011, 0.124)))
    assert list(told([result])) == [
        "layer  6: F1 71.2, +6.8 beside the present encoder's 64.4 (+1.1 to +12.4, 100 sentences)"
    ]


def test_without_data_a_checkpoint_is_only_converted(add: Add, tmp_path: Path) -> None:
    said = add(tiny_checkpoint(tmp_path, "bert"), "--out", tmp_path / "made")
    assert (tmp_path / "made" / "model.onnx").exists()
    assert "It takes layer 1, the middle" in said


def test_what_is_added_is_found_by_its_name(
    add: Add, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tiny_checkpoint(tmp_path, "bert"), "--name", "ours")
    monkeypatch.setenv("NERBOT_ENCODER", "ours")
    assert chosen_encoder().directory == str(cache / "ours")


def test_the_name_is_the_checkpoints_if_none_is_told(add: Add, tmp_path: Path, cache: Path) -> None:
    add(tiny_checkpoint(tmp_path, "bert") / "model.safetensors")
    assert read_card(cache / "bert").name == "bert"


def test_its_card_says_the_hash_that_models_will_know_it_by(
    add: Add, tmp_path: Path, cache: Path
) -> None:
    add(tiny_checkpoint(tmp_path, "bert"))
    assert read_card(cache / "bert").sha256 == read_encoder(str(cache / "bert")).sha256


@pytest.mark.parametrize("name", ["bert", "minilm", "mpnet"])
def test_a_name_that_another_encoder_has_is_refused(add: Add, tmp_path: Path, name: str) -> None:
    checkpoint = tiny_checkpoint(tmp_path, "bert")
    add(checkpoint)
    assert "An encoder called" in add(checkpoint, "--name", name)


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "two words", "ä" * 3, "x" * 65])
def test_a_name_that_is_no_folders_is_refused(
    add: Add, tmp_path: Path, cache: Path, name: str
) -> None:
    assert "An encoder's name has" in add(tiny_checkpoint(tmp_path, "bert"), "--name", name)
    assert not cache.exists()


def test_layers_are_compared_with_the_encoder_that_is_chosen(
    add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside itself an encoder gains nothing; beside any other one it would not be nothing to the digit."""
    checkpoint = tiny_checkpoint(tmp_path, "bert")
    add(checkpoint, "--name", "first")
    monkeypatch.setenv("NERBOT_ENCODER", "first")
    data = write_gold(tmp_path / "data.jsonl", make_gold(1))
    said = add(checkpoint, "--name", "second", "--data", data, "--layers", 1)
    assert "+0.0 beside the present encoder's" in said
    assert "(+0.0 to +0.0, 6 sentences)" in said
    assert "NERBOT_ENCODER=second" in said


@pytest.mark.parametrize(
    "typed",
    [
        "--layers 1 2 X --out Y",
        "--layers 1 --layers 2 --out Y X",
        "--out Y --layers=1 --layers=2 X",
    ],
)
def test_layers_are_named_one_after_the_other_or_each_by_itself(typed: str) -> None:
    app = typer.Typer()
    add_add(app)
    command: Any = get_command(app)
    asked = command.make_context("add", typed.split()).params
    assert (asked["layers"], str(asked["source"]), str(asked["out"])) == ([1, 2], "X", "Y")
