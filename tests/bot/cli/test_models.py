"""`nerbot models`: the versions on this machine, one of them as a package, and a package as a version."""

import json
import sqlite3
from pathlib import Path

import pytest
import spacy

from bot.cli.main import main
from ner_engine import load_model


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


def test_a_version_becomes_a_folder_of_onnx_with_its_reader(
    live: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("export", "1", "--format", "onnx", "--out", str(tmp_path))
    code, out, _ = told(capsys, *asked, "--json")
    assert code == 0
    made = json.loads(out)
    assert made["name"] == "en_default-1.0.0-onnx"
    names = {path.name for path in Path(made["folder"]).iterdir()}
    assert names >= {"encoder.onnx", "head.onnx", "model.json", "reader.py", "tokenizer.json"}
    code, out, err = told(capsys, *asked)
    assert (code, out) == (2, "")
    assert err.endswith("en_default-1.0.0-onnx exists; choose another folder with --out.\n")
    assert told(capsys, "export", "1", "--format", "zip")[0] == 2


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


@pytest.fixture
def wheel(live: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The wheel of model 1."""
    out = told(capsys, "export", "1", "--out", str(tmp_path / "out"), "--json")[1]
    return str(json.loads(out)["model"])


def test_a_package_becomes_a_version_that_is_not_live_and_finds_the_same(
    live: Path, wheel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, "import", wheel)
    assert (code, err) == (0, "")
    assert out.startswith("Taken in as model 2 of the project default: DRUG, SYMPTOM, F1 ")
    assert "It is not live. To let it answer: /nerbot models live 2" in out
    listed = [json.loads(line) for line in told(capsys, "--json")[1].splitlines()]
    assert [(each["version"], each["live"]) for each in listed] == [(2, False), (1, True)]
    assert listed[0]["f1"] == pytest.approx(listed[1]["f1"])
    texts = [f"Patient {n} takes 20 mg of aspirin and has chest pain." for n in range(50)]
    (folder,) = (live / "models").glob("*/2")
    found = load_model(folder).read(texts)
    assert found == load_model(folder.parent / "1").read(texts)
    assert not [*(live / "models").glob(".unfinished*")]


def test_live_puts_it_in_the_place_of_the_live_one(
    live: Path, wheel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = json.loads(told(capsys, "import", wheel, "--live", "--json")[1])
    assert (taken["version"], taken["live"], taken["instead_of"]) == (2, True, 1)
    assert told(capsys)[1].split()[:2] == ["2", "live"]


def test_while_the_project_trains_it_is_refused_and_nothing_is_left(
    live: Path, wheel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(live / "nerbot.db") as database:
        database.execute("UPDATE run SET state = 'running'")
    code, _, err = told(capsys, "import", wheel)
    assert (code, "This project is training now." in err) == (2, True)
    assert not [*(live / "models").glob("*/2")]
    assert not [*(live / "models").glob(".unfinished*")]


def test_what_cannot_be_taken_is_told_in_a_line(
    live: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.whl").write_bytes(b"PK")
    assert told(capsys, "import", str(tmp_path / "no.whl")) == (
        2,
        "",
        "nerbot: This cannot be taken as a model: it is not a whole wheel.\n",
    )
    assert told(capsys, "import", str(tmp_path / "none.whl"))[0] == 2


def test_another_pipeline_becomes_a_base_and_cannot_be_live(
    live: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    spacy.blank("de", meta={"name": "mine"}).to_disk(tmp_path / "mine")
    assert told(capsys, "import", str(tmp_path / "mine"), "--live")[0] == 2
    code, out, _ = told(capsys, "import", str(tmp_path / "mine"), "--name", "other")
    assert code == 0
    assert "nerbot train --base other" in out
