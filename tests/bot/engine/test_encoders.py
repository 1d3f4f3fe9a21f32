"""The bot says at its start which encoder serves, and trains over it."""

import json
import logging
from pathlib import Path

import pytest

from bot.domain.runs import TrainingJob
from bot.engine.encoders import check_encoder, encoder_folder
from bot.engine.job_folder import write_head
from bot.errors import SettingsError
from tests.ner_engine.encoder.test_choice import put


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "nerbot" / "encoders"


def test_one_line_of_the_log_says_that_a_better_one_can_be_had(
    caplog: pytest.LogCaptureFixture,
) -> None:
    check_encoder(None)
    [line] = caplog.records
    assert line.levelno == logging.WARNING
    assert "nerbot encoders install mpnet" in line.getMessage()


def test_where_one_is_chosen_or_the_best_is_there_nothing_is_said(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    check_encoder("minilm")
    put(cache / "mpnet")
    check_encoder(None)
    assert caplog.records == []


@pytest.mark.parametrize("wanted", ["mpnet", "theirs", "/nowhere"])
def test_a_setting_that_names_none_ends_the_start(wanted: str) -> None:
    with pytest.raises(SettingsError, match="NERBOT_ENCODER: "):
        check_encoder(wanted)


def test_one_that_is_removed_meanwhile_is_stood_in_for(cache: Path) -> None:
    assert encoder_folder("ours") is None
    put(cache / "ours")
    assert encoder_folder("ours") == str(cache / "ours")


def test_a_training_is_told_the_folder_of_its_encoder(tmp_path: Path) -> None:
    job = TrainingJob(1, 1, "encoder", 0, None)
    write_head(tmp_path, job, None, Path("vectors"), "/cache/mpnet")
    told = json.loads((tmp_path / "job.json").read_text())
    assert told["settings"]["encoder_dir"] == "/cache/mpnet"


def test_a_fast_training_has_it_as_its_teachers(tmp_path: Path) -> None:
    job = TrainingJob(1, 1, "fast", 0, None)
    write_head(tmp_path, job, None, Path("vectors"), "/cache/mpnet")
    told = json.loads((tmp_path / "job.json").read_text())["settings"]
    assert (told["encoder_dir"], told["teacher_dir"]) == (None, "/cache/mpnet")
