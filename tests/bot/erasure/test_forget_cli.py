"""`nerbot forget` beside a bot that runs, and without one."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import ANY

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import settings_for
from tests.bot.erasure.conftest import trained
from tests.bot.erasure.test_forgetting import with_canaries
from tests.support.bot_process import bot_process, socket_mode
from tests.support.patience import PATIENCE, patient


def forget(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "forget", *words]
    env = {**os.environ, "NERBOT_DATA": str(data)}
    return subprocess.run(
        command, env=env, input="no\n", capture_output=True, text=True, check=False
    )


async def test_without_a_bot_it_erases_and_the_next_bot_trains_the_successor(
    secret_data: Path, slack: Playground
) -> None:
    asked = forget(secret_data, "sentence", "15")
    assert (asked.returncode, asked.stdout.count("Nothing was erased.")) == (1, 1), asked
    assert with_canaries(secret_data)
    done = forget(secret_data, "sentence", "15", "--yes")
    assert "Model 2" in done.stdout or "live model 2" in done.stdout, done
    left = with_canaries(secret_data)
    assert {each.split("/")[0] for each in left} == {"models"}, left
    async with open_bot(settings_for(slack, secret_data)):
        await trained(slack, 3)
        await slack.until(
            lambda: not (secret_data / "models" / "1" / "2").exists(), timeout=patient(30)
        )
    assert with_canaries(secret_data) == []


def test_what_is_not_there_is_told_in_one_line(trained_data: Path) -> None:
    for words, told in (
        (("sentence", "999"), "no sentence 999"),
        (("project", "nowhere"), "no project of that name"),
        (("sentence", "1", "--workspace", "T9"), "name one workspace"),
    ):
        done = forget(trained_data, *words, "--yes")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
        assert told in done.stderr


async def test_beside_a_bot_that_runs_it_erases_all_and_nobody_notices(
    secret_data: Path, slack: Playground
) -> None:
    """Two real processes on one database: people go on labelling, and the running bot trains the successor."""
    async with bot_process(secret_data, socket_mode(slack), patience=PATIENCE) as bot:
        await types(slack, "/ner", "Zyxwquirk has plimpain.")
        await slack.until(
            lambda: any("QVORLABEL" in m.shown for m in slack.messages("#triage", viewer="ada")),
            timeout=patient(30),
        )
        assert with_canaries(secret_data)
        visits = (types(slack, "/label", f"none in: Nothing new, visit {n}.") for n in range(20))
        done, told = await asyncio.gather(
            asyncio.to_thread(forget, secret_data, "sentence", "15", "--yes"),
            asyncio.gather(*visits),
        )
        assert (done.returncode, done.stderr) == (0, ""), done
        assert all("no entities here" in text for text in told), told
        await trained(slack, 3)
        await slack.until(
            lambda: with_canaries(secret_data) == [] and not is_there(secret_data, 2),
            timeout=patient(60),
        )
        assert "no such sentence" in await types(slack, "/label", "delete #15")
        assert await bot.stop() == (0, ANY)
    assert with_canaries(secret_data) == []


def is_there(data: Path, version: int) -> bool:
    return (data / "models" / "1" / str(version)).exists()


async def types(slack: Playground, command: str, text: str) -> str:
    answer = await slack.command("ada", "#triage", command, text)
    assert answer.error is None, answer
    return answer.text
