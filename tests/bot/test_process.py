"""The bot as a process: how it starts, stops, and what is left when it is killed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bot.cli.run import ask_no_proxy_for
from bot.playground import Playground
from tests.support.bot_process import bot_process, socket_mode
from tests.support.patience import PATIENCE, patient
from tests.support.trainers import fault_in_trainings


def run_cli(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`nerbot …` to its end."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "NERBOT_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**clean, "NERBOT_ENV_FILE": "", "NERBOT_ENCODER": "minilm", **environment},
        capture_output=True,
        text=True,
        timeout=patient(60),
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "wrong", "SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"NERBOT_PORT": "many"}, "NERBOT_PORT"),
        ({"NERBOT_TIMEZONE": "Mars/Base"}, "NERBOT_TIMEZONE"),
        ({"NERBOT_DATABASE_URL": "mysql://x"}, "NERBOT_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_one_line_that_names_it(
    environment: dict[str, str], name: str, tmp_path: Path
) -> None:
    """No traceback, no half start: one line."""
    ended = run_cli("run", NERBOT_DATA=str(tmp_path), **environment)
    assert ended.returncode == 2
    assert name in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_token_slack_refuses_is_named(tmp_path: Path) -> None:
    """A Slack that cannot be reached is told by the setting that leads there."""
    ended = run_cli(
        "run",
        NERBOT_DATA=str(tmp_path),
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
        SLACK_API_URL="http://127.0.0.1:9/",
    )
    assert ended.returncode == 2
    assert "SLACK_API_URL" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"NERBOT_DATA": "/dev/null/data"}, "NERBOT_DATA"),
        (
            {
                "NERBOT_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:9/none",
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_BOT_TOKEN": "xoxb-1",
            },
            "NERBOT_DATABASE_URL",
        ),
    ],
)
def test_a_place_that_cannot_be_reached_is_named(
    environment: dict[str, str], name: str, tmp_path: Path
) -> None:
    """A folder that cannot be made or a database that does not answer is one line, too."""
    ended = run_cli("run", **{"NERBOT_DATA": str(tmp_path / "data"), **environment})
    assert ended.returncode == 2
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_without_a_token_the_slack_simulator_is_there(tmp_path: Path) -> None:
    """`nerbot run` alone prints the page's address and the data folder, and stops when asked."""
    async with bot_process(tmp_path / "data", {}, patience=PATIENCE) as bot:
        said = "\n".join(bot.said)
        assert "http://127.0.0.1:" in said
        assert str(tmp_path / "data") in said
        status, _ = await bot.stop()
        assert status == 0


async def test_sigterm_stops_within_ten_seconds_while_it_trains(
    labelled_data: Path, slack: Playground
) -> None:
    """A stop ends the training, says so, and leaves no process behind."""
    async with bot_process(labelled_data, socket_mode(slack), patience=PATIENCE) as bot:
        await slack.command("ada", "#triage", "/train", "cnn")
        await slack.until(lambda: _trainers(bot.pid), timeout=patient(20))
        trainers = _trainers(bot.pid)
        status, seconds = await bot.stop()
    assert status == 0
    assert seconds < patient(10)
    assert not any(psutil.pid_exists(trainer.pid) for trainer in trainers)
    assert "interrupted" in slack.messages("#triage")[-1].text


async def test_a_kill_while_it_labels_loses_no_label_that_was_saved(
    slack: Playground, tmp_path: Path
) -> None:
    """What was answered with "saved" is there after kill -9."""
    saved: list[str] = []

    async def label_on() -> None:
        for number in range(10_000):
            text = f"Patient number {number} has a cough."
            answer = await slack.command(
                "ada", "#triage", "/label", text.replace("cough", "{cough=SYMPTOM}")
            )
            if answer.error is None and "Saved" in answer.text:
                saved.append(text)

    async with bot_process(tmp_path / "data", socket_mode(slack), patience=PATIENCE) as bot:
        labelling = asyncio.create_task(label_on())
        await slack.until(lambda: len(saved) > 25, timeout=patient(30))
        await bot.kill()
        labelling.cancel()
    async with bot_process(tmp_path / "data", socket_mode(slack), patience=PATIENCE):
        for text in saved[-10:]:
            await slack.command("ada", "#triage", "/label", f"SYMPTOM cough in: {text}")
            # On a busy machine the first answer after a start comes after the ack.
            await slack.until(
                lambda: "Already labelled" in slack.messages("#triage", viewer="ada")[-1].text,
                timeout=patient(30),
            )
        status = await slack.command("ada", "#triage", "/train", "status")
        finished = int(status.text.split()[1])
        assert finished in {len(saved), len(saved) + 1}
    slack.problems.clear()  # Slack did see the bot vanish


HELD = """
import time

class Held:
    def find_spec(self, name, path=None, target=None):
        if name == "spacy":
            time.sleep(3600)

sys.meta_path.insert(0, Held())
"""
"""Keeps a training from going on, once it looks after its parent."""


async def test_a_kill_while_it_trains_is_told_and_tried_again(
    labelled_data: Path, slack: Playground, tmp_path: Path
) -> None:
    """The next start says what became of the run, trains again, and no orphan is left."""
    held = {"PYTHONPATH": str(fault_in_trainings(tmp_path / "fault", HELD))}
    environment = socket_mode(slack) | held
    async with bot_process(labelled_data, environment, patience=PATIENCE) as bot:
        await slack.command("ada", "#triage", "/train", "")
        await slack.until(lambda: _trainers(bot.pid), timeout=patient(20))
        trainers = _trainers(bot.pid)
        await bot.kill()
    await slack.until(lambda: not any(map(_alive, trainers)), timeout=patient(10))
    async with bot_process(labelled_data, socket_mode(slack), patience=PATIENCE):
        await slack.until(
            lambda: any("is live" in m.text for m in slack.messages("#triage")),
            timeout=patient(110),
        )
    # The retry went on in the message of the run it took up.
    [text] = [m.text for m in slack.messages("#triage") if "Training" in m.text]
    assert "Training 2: done, model 1 is live" in text
    slack.problems.clear()


def _trainers(pid: int) -> list[psutil.Process]:
    children = psutil.Process(pid).children(recursive=True)
    return [child for child in children if "ner_engine.processes.training_job" in child.cmdline()]


def _alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:4000/api/", False),
        ("http://localhost/api/", False),
        ("https://slack.inside.example/api/", False),
        ("https://slack.com/api/", True),
    ],
)
def test_a_proxy_is_not_asked_for_this_machine_nor_for_what_no_proxy_names(
    url: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", ".inside.example")
    ask_no_proxy_for(url)
    assert ("HTTPS_PROXY" in os.environ) == kept
