"""`nerbot init`, and the file it writes."""

import io
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.env_file import load_env_file, quoted, read_env_file, write_env_file
from bot.cli.main import main
from bot.errors import SettingsError
from bot.settings import read_settings


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """The exit code of `nerbot init …` in an empty folder with no setting, and what it printed."""
    for name in [name for name in os.environ if name.startswith(("SLACK_", "NERBOT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    def call(*words: str) -> tuple[int, str, str]:
        # What is read from the file into the environment is gone after each call.
        before = dict(os.environ)
        code = main(["init", *words])
        os.environ.clear()
        os.environ.update(before)
        return (code, *capsys.readouterr())

    return call


def test_options_make_a_file_that_only_its_owner_reads(told: Any, tmp_path: Path) -> None:
    code, out, _ = told(
        "--bot-token", "xoxb-1", "--app-token", "xapp-1", "--set", "NERBOT_TIMEZONE=Europe/Berlin"
    )
    assert code == 0
    assert "xoxb-1" not in out
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert read_env_file(tmp_path / ".env") == {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "NERBOT_TIMEZONE": "Europe/Berlin",
    }


def test_the_other_commands_read_it_and_the_environment_wins(
    told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("--mode", "simulator", "--data", "here", "--set", "NERBOT_PORT=80")
    monkeypatch.setenv("NERBOT_PORT", "81")
    monkeypatch.setenv("NERBOT_DATA", "")
    load_env_file()
    settings = read_settings()
    assert (str(settings.data), settings.port) == ("here", 81)


def test_what_another_program_keeps_in_it_is_left_alone(told: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# ours\nDJANGO_KEY=a b\nSLACK_APP_TOKEN=xapp-old\n")
    assert told("--mode", "simulator", "--force", "--data", "d")[0] == 0
    assert (tmp_path / ".env").read_text() == "# ours\nDJANGO_KEY=a b\nNERBOT_DATA=d\n"
    load_env_file()
    assert "DJANGO_KEY" not in os.environ


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--mode"),
        (("--mode", "socket"), "SLACK_BOT_TOKEN: it is needed"),
        (("--mode", "http", "--bot-token", "xoxb-1"), "SLACK_SIGNING_SECRET: it is needed"),
        (("--bot-token", "1", "--app-token", "xapp-1"), "SLACK_BOT_TOKEN: a token that starts with xoxb-"),
        (("--mode", "simulator", "--set", "NERBOT_PROT=1"), "name of a setting"),
        (("--mode", "simulator", "--set", "NERBOT_PORT=many"), "NERBOT_PORT"),
        (("--mode", "telepathy"), "is not one of socket"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(
    told: Any, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    code, _, err = told(*words)
    assert code == 2
    assert said in err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_changed_only_where_that_is_wanted(
    told: Any, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("NERBOT_DATA=old\n")
    assert told("--mode", "simulator", "--data", "new")[0] == 2
    assert (tmp_path / ".env").read_text() == "NERBOT_DATA=old\n"
    assert told("--mode", "simulator", "--data", "new", "--force")[0] == 0
    assert (tmp_path / ".env").read_text() == "NERBOT_DATA=new\n"


def test_on_a_terminal_it_asks_until_it_can_use_the_answer(
    told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["radio", "socket", "wrong", "xoxb-1", "xapp-1", "folder"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    code, out, _ = told("--json")
    assert (code, json.loads(out)["mode"]) == (0, "socket")
    assert read_env_file(tmp_path / ".env")["NERBOT_DATA"] == "folder"


@pytest.mark.parametrize("agreed", [True, False])
def test_on_a_terminal_it_asks_before_it_changes_a_file(
    told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    (tmp_path / ".env").write_text("NERBOT_DATA=old\n")
    monkeypatch.setattr("typer.confirm", lambda *_, **__: agreed)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert told("--mode", "simulator", "--data", "new")[0] == (0 if agreed else 1)
    assert read_env_file(tmp_path / ".env")["NERBOT_DATA"] == ("new" if agreed else "old")


@pytest.mark.parametrize(
    "value", ["", "a b", "it's", 'say "hi"', "a#b", "$HOME", "back\\slash", "x=y", "é"]
)
def test_a_value_is_read_as_it_was_written(tmp_path: Path, value: str) -> None:
    write_env_file(tmp_path / "file", {"NERBOT_X": value})
    assert read_env_file(tmp_path / "file") == {"NERBOT_X": value}


def test_what_needs_no_quotes_has_none() -> None:
    """A container's --env-file takes quotes for a part of the value."""
    assert (
        quoted("postgresql+asyncpg://user@host/name?x=1".replace("?", ""))
        == "postgresql+asyncpg://user@host/namex=1"
    )
    assert quoted("xoxb-1") == "xoxb-1"


def test_a_file_that_is_named_has_to_be_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NERBOT_ENV_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="NERBOT_ENV_FILE"):
        load_env_file()
