"""`nerbot webhooks` as it is typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from tests.support.opening import copy_tables

URL = "https://example.com/hook"


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


def test_a_secret_is_shown_once(told: Any) -> None:
    code, out, _ = told(f"webhooks add {URL} --json")
    secret = json.loads(out)["secret"]
    assert code == 0
    assert secret.startswith("whsec_")
    listed = told("webhooks --json")[1]
    assert json.loads(listed)["url"] == URL
    assert secret not in listed + told("webhooks")[1]
    changed = told("webhooks rotate 1")[1]
    assert "whsec_" in changed
    assert secret not in changed


def test_a_webhook_goes_back_goes_on_and_goes(told: Any) -> None:
    told(f"webhooks add {URL} --kinds model.live,training.ended")
    assert "goes on from 0:0" in told("webhooks replay 1")[1]
    assert json.loads(told("webhooks --json")[1])["place"] == "0:0:0"
    assert told("webhooks resume 1")[0] == 0
    assert "is gone" in told("webhooks remove 1")[1]
    assert "No webhook yet" in told("webhooks")[1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("webhooks add example.com", "is not a URL such as https://example.com/hook"),
        ("webhooks add ftp://example.com/x", "is not a URL"),
        ("webhooks add https://me:secret@example.com", "is not a URL"),
        ("webhooks add http://[", "is not a URL"),
        ("webhooks add http://example.com/hook", "use https"),
        (f"webhooks add {URL} --kinds label.added", "there is no notification label.added"),
        (f"webhooks add {URL} --project nowhere", "there is no project nowhere"),
        ("webhooks test 9", "there is no webhook 9"),
        ("webhooks replay 9", "there is no webhook 9"),
        ("webhooks replay 9 --from yesterday", "a place is two numbers"),
    ],
)
def test_what_cannot_be_done_is_one_line(told: Any, typed: str, said: str) -> None:
    code, _, err = told(typed)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1


def test_a_test_that_does_not_arrive_says_so(told: Any) -> None:
    told("webhooks add http://127.0.0.1:9/hook")
    code, _, err = told("webhooks test 1")
    assert code == 1
    assert "did not take the test" in err
