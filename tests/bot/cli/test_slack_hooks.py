"""`slack run`: the hooks, called as Slack's command line calls them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.patience import patient

ROOT = Path(__file__).parents[3]
HOOKS = json.loads((ROOT / ".slack" / "hooks.json").read_text("utf-8"))


def call(hook: str, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A hook's command, by the Python of this environment, with what is put behind it."""
    python, *words = HOOKS["hooks"][hook].split()
    assert python == ".venv/bin/python"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    return subprocess.run(
        [sys.executable, *words, *more],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
    )


def test_the_manifest_is_given_as_json_in_both_protocols() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    assert json.loads(call("get-manifest").stdout) == manifest
    told = call("get-manifest", "--protocol=message-boundaries", "--boundary=between").stdout
    assert told.count("between") == 2
    assert json.loads(told.split("between")[1]) == manifest


def test_a_start_takes_the_tokens_that_it_is_given(tmp_path: Path) -> None:
    tokens = {
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_API_URL": "http://127.0.0.1:9/",
    }
    ended = call(
        "start",
        "--protocol=message-boundaries",
        "--boundary=x",
        NERBOT_DATA=str(tmp_path),
        **tokens,
    )
    assert ended.returncode == 2
    assert "SLACK_API_URL: Slack cannot be reached there" in ended.stderr


def test_the_other_hooks_are_those_of_the_sdk_and_nerbot_connects_by_itself() -> None:
    told = json.loads(call("get-hooks").stdout)
    assert set(HOOKS["hooks"]) - {"get-hooks"} <= set(told["hooks"])
    assert HOOKS["config"]["sdk-managed-connection-enabled"] is True


@pytest.mark.parametrize("words", [[], ["deploy"]])
def test_anything_else_is_refused_in_one_line(words: list[str]) -> None:
    command = [sys.executable, "-m", "bot.cli.slack_hooks", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
