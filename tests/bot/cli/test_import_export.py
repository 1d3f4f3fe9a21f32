"""`nerbot import` and `nerbot export` as they are typed."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from tests.support.opening import copy_tables

LINE = {"text": "He takes aspirin.", "spans": [{"start": 9, "end": 16, "label": "DRUG"}]}


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """A command's exit code, and what it printed; in an empty database and a folder with a file."""
    copy_tables(tmp_path / "data")
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.jsonl").write_text(json.dumps(LINE) + "\n{", "utf-8")

    def call(typed: str) -> tuple[int, str, str]:
        code = main(typed.split())
        return (code, *capsys.readouterr())

    return call


def test_what_comes_in_goes_out_and_can_be_taken_back(told: Any, tmp_path: Path) -> None:
    assert told("import notes.jsonl --dry-run")[0] == 0
    code, out, _ = told("import notes.jsonl --json")
    assert (code, json.loads(out)["counts"]["sentences"]) == (0, 1)
    [listed] = told("import --list --json")[1].splitlines()
    assert (json.loads(listed)["number"], json.loads(listed)["file"]) == (1, "notes.jsonl")
    assert told("import --list")[1].split()[0] == "1"
    code, out, _ = told("export --format jsonl --all --out out.jsonl --json")
    assert (code, json.loads(out)["sentences"]) == (0, 1)
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8"))["text"] == LINE["text"]
    assert "was undone" in told("import --undo 1")[1]


def test_a_folder_is_the_files_of_data_in_it(told: Any, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.txt").write_text("Ada lives.", "utf-8")
    (folder / "a.ann").write_text("T1\tPER 0 3\tAda\n", "utf-8")
    (folder / "deeper" / "b.jsonl").write_text(json.dumps(LINE), "utf-8")
    for beside in ("README.txt", "labels.json", "annotation.conf", ".hidden.txt"):
        (folder / beside).write_text("no data", "utf-8")
    code, out, _ = told("import corpus --dry-run --json")
    found = [json.loads(line)["file"] for line in out.splitlines()]
    assert (code, found) == (0, ["a.ann", "b.jsonl"])
    (tmp_path / "empty").mkdir()
    code, _, error = told("import empty")
    assert (code, "there is no file to import in empty" in error) == (2, True)


@pytest.mark.parametrize("form", ["brat", "webanno", "hf", "spacy", "conll", "label-studio"])
def test_what_was_exported_is_a_file_or_a_folder_that_can_be_imported(
    told: Any, tmp_path: Path, form: str
) -> None:
    told("import notes.jsonl")
    assert told(f"export --format {form} --out exported")[0] == 0
    code, out, _ = told("import exported --dry-run --json --project other")
    reports = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert sum(report["counts"].get("spans", 0) for report in reports) == 1
    assert not any(report["counts"].get("refused") for report in reports)


def test_formats_are_listed(told: Any) -> None:
    assert "doccano" in told("import --format list")[1].split()
    assert "cannot carry: " in told("export --format list")[1]
    first = told("export --format list --json")[1].splitlines()[0]
    assert set(json.loads(first)) == {"format", "cannot"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("import", "name a file"),
        ("import nowhere.jsonl", "nowhere.jsonl"),
        ("export --format word --out x", "there is no format word"),
        ("export --gold --all", "exclude each other"),
        ("export --since yesterday", "is not a date"),
        ("export --scheme x", "is not one of iob1"),
        ("export --dev-share 2", "is a share"),
    ],
)
def test_what_cannot_be_done_is_one_line(told: Any, typed: str, said: str) -> None:
    code, _, err = told(typed)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("import notes.jsonl --dry-run", 0),
        ("import --list", 2),
        ("import --undo 1", 2),
        ("import", 2),
        ("export --out x.jsonl", 2),
    ],
)
def test_only_an_import_makes_a_database(
    told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "nothing"))
    assert told(typed)[0] == code
    assert not list((tmp_path / "nothing").rglob("*"))


def test_a_workspace_that_is_not_there_is_named_with_those_that_are(told: Any) -> None:
    assert told("import notes.jsonl --workspace T0REAL")[0] == 0
    code, _, err = told("import notes.jsonl --workspace T0TYPO")
    assert code == 2
    assert "there is no workspace T0TYPO; there are: T0REAL" in err


def test_a_person_is_forgotten_where_no_project_is_called_default(
    told: Any, tmp_path: Path
) -> None:
    told("import notes.jsonl --workspace T0REAL --as U0GONE")
    with closing(sqlite3.connect(tmp_path / "data" / "nerbot.db")) as database, database:
        database.execute("UPDATE project SET name = 'Triage'")
    code, out, _ = told("forget person U0GONE --yes --json")
    assert code == 0
    assert json.loads(out)["annotations"] == 1


def test_a_label_without_its_new_name_is_refused(told: Any) -> None:
    code, _, err = told("import notes.jsonl --label DRUG")
    assert code == 2
    assert "DRUG is not OLD=NEW" in err
