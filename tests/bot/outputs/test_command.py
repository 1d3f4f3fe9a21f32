"""`nerbot outputs` as it is typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from tests.support.opening import copy_tables


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """A command's exit code, and what it printed; in a database with one sentence."""
    copy_tables(tmp_path / "data")
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("He takes aspirin.\n", "utf-8")

    def call(typed: str) -> tuple[int, str, str]:
        code = main(typed.split())
        return (code, *capsys.readouterr())

    assert call("import notes.txt")[0] == 0
    return call


def test_an_output_is_added_tested_paused_resumed_replayed_and_removed(
    told: Any, tmp_path: Path
) -> None:
    assert "No output yet" in told("outputs")[1]
    code, out, _ = told("outputs add file found.jsonl --set megabytes=50 --json")
    assert code == 0
    assert json.loads(out)["target"] == str(tmp_path / "found.jsonl")
    assert json.loads(out)["settings"] == {"megabytes": 50}
    assert "can be written" in told("outputs test 1")[1]
    assert "is paused" in told("outputs pause 1")[1]
    assert "paused" in told("outputs")[1]
    assert "goes on" in told("outputs resume 1")[1]
    assert "goes on from 0" in told("outputs replay 1")[1]
    assert "is gone" in told("outputs remove 1")[1]
    assert "No output yet" in told("outputs")[1]


def test_a_password_is_not_shown(told: Any) -> None:
    told("outputs add table postgresql://me:secret@127.0.0.1:9/x")
    assert "secret" not in told("outputs")[1] + told("outputs --json")[1]
    code, _, err = told("outputs test 1")
    assert code == 1
    assert "cannot be written" in err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("outputs add fax 123", "there is no output fax"),
        ("outputs add file", "a file is named such as entities.jsonl"),
        ("outputs add file x.txt", "a file is named such as entities.jsonl"),
        ("outputs add file /dev/null/x.csv", "there is no folder /dev/null"),
        ("outputs add file x.csv --set size=3", "there is no setting size"),
        ("outputs add file x.csv --set megabytes=0", "megabytes is a number"),
        ("outputs add file x.csv --set megabytes", "NAME=VALUE"),
        ("outputs add table mysql://x/y", "a table is in a database such as"),
        ("outputs add table sqlite:///x.db --set table=a;b", "table is a name of letters"),
        ("outputs add file x.csv --project nowhere", "there is no project nowhere"),
        ("outputs test 9", "there is no output 9"),
    ],
)
def test_what_cannot_be_done_is_one_line(told: Any, typed: str, said: str) -> None:
    code, _, err = told(typed)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
