"""`nerbot models`: the versions on this machine, and one of them as a package."""

import json
from pathlib import Path

import pytest

from bot.cli.main import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["models", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def live(trained_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which model 1 is live."""
    monkeypatch.setenv("NERBOT_DATA", str(trained_data))
    return trained_data


def test_versions_are_listed_with_their_score_and_which_is_live(
    live: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(capsys)
    assert code == 0
    (line,) = out.splitlines()
    assert line.split()[:3] == ["1", "live", "F1"]
    assert line.endswith("DRUG, SYMPTOM")
    told_as_json = json.loads(told(capsys, "--json")[1])
    assert (told_as_json["version"], told_as_json["live"]) == (1, True)


def test_a_version_becomes_a_package_that_is_named_after_its_project(
    live: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(capsys, "export", "1", "--out", str(tmp_path / "out"), "--json")
    assert code == 0
    made = json.loads(out)
    assert made["name"] == "en_default"
    assert Path(made["model"]).name == "en_default-1.0.0-py3-none-any.whl"
    assert Path(made["engine"]).is_file()


def test_what_is_not_there_is_told_in_a_line(
    live: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "export", "9") == (
        2,
        "",
        "nerbot: there is no model 9; nerbot models lists them\n",
    )
    assert told(capsys, "export", "1", "--project", "law")[0] == 2
    assert "There is no model yet." in told(capsys, "--project", "law")[1]
