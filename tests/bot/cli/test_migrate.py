"""`nerbot migrate`: the schema before a bot or a worker starts."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.db.migrations import HEAD, pending


def test_an_empty_folder_gets_its_tables_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check says what is missing and changes nothing; then it is applied, and there is nothing left to do."""
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    assert main(["migrate", "--check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told == {"revision": None, "pending": list(pending(None)), "newer": False}
    assert not (tmp_path / "data").exists()
    assert main(["migrate", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"revision": HEAD, "applied": list(pending(None)), "newer": False}
    assert main(["migrate"]) == 0
    assert main(["migrate", "--check"]) == 0
    said = f"The database is at {HEAD}: nothing was to be applied.\n"
    assert capsys.readouterr().out == said * 2


def test_a_database_of_a_newer_nerbot_is_told_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where this nerbot can use it, that is fine; where it cannot, the newer one is to be started."""
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    assert main(["migrate"]) == 0
    with closing(sqlite3.connect(tmp_path / "data" / "nerbot.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    capsys.readouterr()
    for words in (["migrate"], ["migrate", "--check"]):
        assert main(words) == 0
        assert "this nerbot can use it" in capsys.readouterr().out
    with closing(sqlite3.connect(tmp_path / "data" / "nerbot.db")) as connection, connection:
        connection.execute("UPDATE schema_compatibility SET compatible_from = '9999'")
    for words in (["migrate"], ["migrate", "--check"]):
        assert main(words) != 0
        assert "start that version" in capsys.readouterr().err
