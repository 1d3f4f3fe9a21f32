"""`nerbot tokens`: a token is shown once, kept as a hash, listed without its secret, and revoked."""

import json
import sqlite3
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.support.opening import copy_tables


def test_a_token_is_shown_once_listed_and_revoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy_tables(tmp_path / "data")
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    assert main(["tokens", "list"]) == 1
    assert capsys.readouterr().err == (
        "nerbot: there is no token yet; nerbot tokens create makes one\n"
    )
    assert main(["tokens", "create"]) == 2
    assert "--as" in capsys.readouterr().err
    assert main(["tokens", "create", "--as", "U012ABC", "--scope", "read,write"]) == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("nerbot_")
    assert len(secret) > 40
    for path in (tmp_path / "data").glob("nerbot.db*"):
        assert secret.encode() not in path.read_bytes()
    assert main(["tokens", "list", "--json"]) == 0
    out = capsys.readouterr().out
    assert secret not in out
    told = json.loads(out)
    assert (told["project"], told["scopes"], told["person"], told["revoked_at"]) == (
        "default",
        ["read", "write"],
        "U012ABC",
        None,
    )
    assert main(["tokens", "revoke", str(told["id"])]) == 0
    assert main(["tokens", "revoke", str(told["id"])]) == 2
    capsys.readouterr()
    assert main(["tokens", "list"]) == 0
    assert "revoked on" in capsys.readouterr().out
    with sqlite3.connect(tmp_path / "data" / "nerbot.db") as connection:
        assert connection.execute("SELECT count(*) FROM api_token").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize(
    "wrong",
    [
        ["--as", "U012ABC", "--scope", "all"],
        ["--as", "U012ABC", "--scope", ""],
        ["--as", "ada"],
        ["--as", "U012ABC", "--project", "nowhere"],
    ],
)
def test_what_cannot_be_a_token_is_refused_in_one_line(
    wrong: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy_tables(tmp_path / "data")
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    assert main(["tokens", "create", *wrong]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
