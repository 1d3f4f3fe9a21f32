"""`nerbot stats`: the numbers of every project."""

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.support.opening import copy_tables

LINES = [
    {"text": "He takes aspirin.", "spans": [{"start": 9, "end": 16, "label": "DRUG"}]},
    {"text": "She takes insulin.", "spans": [{"start": 10, "end": 17, "label": "DRUG"}]},
]


def test_each_project_is_told_with_its_sentences_labels_and_live_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy_tables(tmp_path / "data")
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    assert main(["stats"]) == 1
    assert capsys.readouterr() == ("", "nerbot: nobody has used nerbot yet\n")
    file = tmp_path / "gold.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES), "utf-8")
    assert main(["import", str(file), "--project", "triage", "--as", "U012ABC"]) == 0
    capsys.readouterr()
    assert main(["stats", "--json", "--project", "Triage"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["project"], told["sentences"], told["finished"], told["people"]) == (
        "triage",
        2,
        2,
        1,
    )
    assert (told["labels"], told["live_model"], told["f1"]) == ({"DRUG": 2}, None, None)
    assert main(["stats"]) == 0
    out = capsys.readouterr().out
    assert "project triage" in out
    assert "DRUG" in out
    assert "aspirin" not in out
    assert main(["stats", "--workspace", "T9"]) == 1
    assert capsys.readouterr() == ("", "nerbot: there is no such project\n")
