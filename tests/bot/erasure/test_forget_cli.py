"""`nerbot forget` beside a bot that runs, and without one."""

import os
import subprocess
import sys
from pathlib import Path

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.bot.erasure.test_forgetting import SECRET, trained, with_canaries
from tests.support.patience import patient


def forget(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "forget", *words]
    env = {**os.environ, "NERBOT_DATA": str(data)}
    return subprocess.run(
        command, env=env, input="no\n", capture_output=True, text=True, check=False
    )


async def test_without_a_bot_it_erases_and_the_next_bot_trains_the_successor(
    trained_data: Path, slack: Playground
) -> None:
    async with open_bot(settings_for(slack, trained_data)) as bot:
        team = Team(slack, bot)
        await team.types(f"/label {SECRET}")
        await team.types("/train")
        await trained(slack, 2)
    asked = forget(trained_data, "sentence", "15")
    assert (asked.returncode, asked.stdout.count("Nothing was erased.")) == (1, 1), asked
    assert with_canaries(trained_data)
    done = forget(trained_data, "sentence", "15", "--yes")
    assert "Model 2" in done.stdout or "live model 2" in done.stdout, done
    left = with_canaries(trained_data)
    assert {each.split("/")[0] for each in left} == {"models"}, left
    async with open_bot(settings_for(slack, trained_data)):
        await trained(slack, 3)
        await slack.until(
            lambda: not (trained_data / "models" / "1" / "2").exists(), timeout=patient(30)
        )
    assert with_canaries(trained_data) == []


def test_what_is_not_there_is_told_in_one_line(trained_data: Path) -> None:
    for words, told in (
        (("sentence", "999"), "no sentence 999"),
        (("project", "nowhere"), "no project of that name"),
        (("sentence", "1", "--workspace", "T9"), "name one workspace"),
    ):
        done = forget(trained_data, *words, "--yes")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
        assert told in done.stderr
