"""`nerbot redact`: streams and files without the entities in them."""

import io
import json
import sys
from pathlib import Path

import pytest

from bot.cli.main import main

STORY = "The patient takes aspirin.\nASPIRIN\n"


@pytest.fixture
def model(trained_data: Path) -> Path:
    """A model that knows SYMPTOM and DRUG."""
    (found,) = (trained_data / "models").glob("*/1")
    return found


def test_a_stream_comes_out_record_by_record_without_its_entities(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("The patient takes aspirin.\n\nNothing else.\n"))
    assert main(["redact", "--model", str(model), "--json"]) == 0
    told = capsys.readouterr()
    assert told.out == "The patient takes [DRUG].\n\nNothing else.\n"
    report = json.loads(told.err)
    assert (report["texts"], report["masked"]) == (3, {"DRUG": 1})
    assert "aspirin" not in told.err


def test_a_text_file_is_one_document_and_goes_to_a_file_of_its_own(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "note.txt"
    file.write_text(STORY, "utf-8")
    assert main(["redact", "--model", str(model), "--style", "mask", str(file)]) == 0
    written = (tmp_path / "note.redacted.txt").read_text("utf-8")
    assert written == "The patient takes ████.\n████\n"
    assert "DRUG 2 masked in 2 texts" in capsys.readouterr().out
    assert main(["redact", "--model", str(model), str(file)]) == 2
    assert "--force" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_leaves_no_part_of_itself(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "Hi."}\n' * 100 + "{}\n", "utf-8")
    assert main(["redact", "--model", str(model), str(file)]) == 2
    assert "line 101" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("*") if path.is_file()] == ["a.jsonl"]


def test_pseudonyms_need_a_key(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, key = tmp_path / "a.txt", tmp_path / "key"
    file.write_text(STORY, "utf-8")
    key.write_bytes(bytes(32))
    asked = ["redact", "--model", str(model), "--style", "pseudonym", str(file)]
    assert main(asked) == 2
    assert "a key of at least 32 bytes" in capsys.readouterr().err
    assert main([*asked, "--key", str(key)]) == 0
    first, second = (tmp_path / "a.redacted.txt").read_text("utf-8").splitlines()
    assert first.split("[")[1].startswith(second.split("[")[1].split("]")[0])


def test_a_label_that_the_model_does_not_know_is_refused(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["redact", "--model", str(model), "--label", "PHONE"]) == 2
    assert "no label PHONE" in capsys.readouterr().err


def test_what_cannot_be_promised_is_not_written(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(STORY, "utf-8")
    assert main(["redact", "--model", str(model), "--slip", "1", str(file)]) == 2
    assert "cannot be promised that at most 1 % slips through" in capsys.readouterr().err
    assert not (tmp_path / "a.redacted.txt").exists()
    assert main(["redact", "--model", str(model), "--slip", "50", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["slip"]["promise"] == 0.5


def test_the_live_model_of_a_project_has_the_projects_key_until_a_new_one_is_made(
    trained_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NERBOT_DATA", str(trained_data))
    file = tmp_path / "a.txt"
    file.write_text(STORY, "utf-8")
    asked = ["redact", "--project", "default", "--style", "pseudonym", "--force", str(file)]

    def told(*more: str) -> str:
        assert main([*asked, *more]) == 0, capsys.readouterr().err
        return (tmp_path / "a.redacted.txt").read_text("utf-8")

    first = told()
    assert "[DRUG:" in first
    assert told("--label", "drug") == first
    second = told("--new-key")
    assert second != first
    assert told() == second
    assert main(["redact", "--project", "elsewhere", str(file)]) == 2
    assert main(["redact", "--model", "x", "--new-key", str(file)]) == 2
