"""What new models learn over is what was set, else the best there is; a model finds its own by hash."""

from pathlib import Path

import pytest

from ner_engine.encoder.choice import choose_encoder
from ner_engine.encoder.files import DEFAULT_SHA256, place_of, read_encoder
from ner_engine.encoder.frozen_encoder import open_encoder
from ner_engine.encoder.installed import encoders_folder, find_installed, installed_encoders
from ner_engine.errors import (
    EncoderChanged,
    EncoderMissing,
    EncoderNotInstalled,
    EncoderUnknown,
)
from ner_engine.recipes import Features


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return encoders_folder()


def put(directory: Path, tokenizer: bytes = b"", sha256: str = "") -> Path:
    """The packaged encoder in a folder, with a tokenizer of its own."""
    files = read_encoder()
    directory.mkdir(parents=True)
    (directory / "model.onnx").write_bytes(files.model)
    (directory / "tokenizer.json").write_bytes(files.tokenizer + tokenizer)
    (directory / "encoder.json").write_text(f'{{"name": "other", "sha256": "{sha256}"}}')
    return directory


def test_the_best_one_serves_where_it_is_installed(cache: Path) -> None:
    put(cache / "mpnet")
    chosen = choose_encoder()
    assert (chosen.name, chosen.directory, chosen.advice) == ("mpnet", str(cache / "mpnet"), "")


def test_else_the_packaged_one_serves_and_one_line_says_which_command_to_type() -> None:
    chosen = choose_encoder()
    assert (chosen.name, chosen.directory) == ("minilm", None)
    assert "nerbot encoders install mpnet" in chosen.advice
    assert "\n" not in chosen.advice


def test_the_packaged_one_can_be_chosen_over_the_best_without_advice(cache: Path) -> None:
    put(cache / "mpnet")
    chosen = choose_encoder("minilm")
    assert (chosen.directory, chosen.advice) == (None, "")


def test_one_is_chosen_by_its_name_or_by_its_folder(cache: Path, tmp_path: Path) -> None:
    put(cache / "ours")
    put(tmp_path / "elsewhere")
    assert choose_encoder("ours").directory == str(cache / "ours")
    assert choose_encoder(str(tmp_path / "elsewhere")).directory == str(tmp_path / "elsewhere")


def test_one_that_is_chosen_and_not_installed_is_told_with_the_command() -> None:
    with pytest.raises(EncoderNotInstalled, match="nerbot encoders install mpnet"):
        choose_encoder("mpnet")


def test_a_name_that_is_not_known_is_told_with_those_that_are(cache: Path) -> None:
    put(cache / "ours")
    with pytest.raises(EncoderUnknown, match=r"called theirs.*minilm, mpnet, ours"):
        choose_encoder("theirs")


def test_a_folder_that_is_half_there_or_still_being_installed_is_not_listed(cache: Path) -> None:
    put(cache / ".mpnet-abc" / "encoder")
    put(cache / "half")
    (cache / "half" / "tokenizer.json").unlink()
    put(cache / "ours")
    assert [found.name for found in installed_encoders()] == ["ours"]
    assert find_installed("half") is None


def test_a_model_finds_its_encoder_in_the_cache_folder_that_was_moved(
    cache: Path, tmp_path: Path
) -> None:
    sha256 = read_encoder(str(put(cache / "ours", b" "))).sha256
    assert place_of(str(tmp_path / "old cache" / "ours"), sha256) == str(cache / "ours")
    assert open_encoder("/nowhere", Features((4,)), sha256).sha256 == sha256


def test_models_of_two_encoders_each_have_their_own_whichever_is_chosen(cache: Path) -> None:
    theirs = put(cache / "mpnet", b" ")
    sha256 = read_encoder(str(theirs)).sha256
    assert open_encoder(None, Features((4,)), DEFAULT_SHA256).sha256 == DEFAULT_SHA256
    assert open_encoder(str(theirs), Features((4,)), sha256).sha256 == sha256
    assert sha256 != DEFAULT_SHA256


def test_a_folder_that_says_another_ones_hash_is_not_taken_for_it(cache: Path) -> None:
    put(cache / "liar", b" ", sha256="0" * 64)
    with pytest.raises(EncoderChanged):
        open_encoder("/nowhere", Features((4,)), "0" * 64)


@pytest.mark.parametrize(("there", "error"), [(True, EncoderChanged), (False, EncoderMissing)])
def test_where_it_is_not_to_be_found_the_next_step_is_told(
    tmp_path: Path, there: bool, error: type[Exception]
) -> None:
    if there:
        put(tmp_path / "ours")
    with pytest.raises(error, match="nerbot encoders install mpnet"):
        place_of(str(tmp_path / "ours"), "0" * 64)


def test_all_features_of_an_encoder_share_its_weights(tmp_path: Path) -> None:
    one = open_encoder(None, Features((4,)))
    other = open_encoder(None, Features((4,), ("mean",), normalize=True))
    moved = open_encoder(str(put(tmp_path / "copy")), Features((4,)))
    assert one is not other
    assert one._session is other._session is moved._session
