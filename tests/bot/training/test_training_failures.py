"""Each way a training can end badly, made to happen: what people read then, and that the bot goes on."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from bot.app import open_bot
from bot.playground import Playground
from ner_engine.encoder.vector_store import VectorStore
from tests.bot.conftest import Team, settings_for
from tests.bot.training.test_training import ended, run_message
from tests.support.by_hand import execute
from tests.support.patience import patient
from tests.support.trainers import fault_in_trainings, trainers

Fault = Callable[[str], None]
_TRACES = ("Traceback", "Error:", 'File "', "line ")


@pytest.fixture
def fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fault:
    """Python that every training process runs before anything else."""

    def put(code: str) -> None:
        monkeypatch.setenv("PYTHONPATH", str(fault_in_trainings(tmp_path / "fault", code)))

    return put


@pytest.fixture
def data(labelled_data: Path) -> Path:
    """The data folder of a bot with enough labelled for a training."""
    return labelled_data


@asynccontextmanager
async def team_with(slack: Playground, data: Path, **settings: Any) -> AsyncIterator[Team]:
    """The bot with other settings."""
    changed = settings_for(slack, data).model_copy(update=settings)
    async with open_bot(changed) as bot:
        yield Team(slack, bot)


async def failure(team: Team, words: str = "/train cnn") -> str:
    """What the message of a training says that ends badly; its log is for owners, and holds no sentence."""
    await team.types(words)
    said = (await ended(team)).text
    assert "failed" in said
    assert not any(trace in said for trace in _TRACES), said
    return said


def shown_to_owners(data: Path, number: int = 1) -> str:
    """What `nerbot runs show` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "runs", "show", str(number)],
        env={"NERBOT_DATA": str(data), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("preset", "megabytes"), [("cnn", 40), ("cnn", 120), ("encoder", 100), ("encoder", 200)]
)
async def test_too_little_memory(
    data: Path, slack: Playground, preset: str, megabytes: int
) -> None:
    """Python, OpenBLAS, the C library and onnxruntime each fail in their own way; people read one sentence, and which
    setting allows more."""
    async with team_with(slack, data, training_memory_mb=megabytes) as team:
        assert "NERBOT_TRAINING_MEMORY_MB" in await failure(team, f"/train {preset}")


async def test_a_full_disk(data: Path, slack: Playground, fault: Fault) -> None:
    """No file of the training may grow: as on a full disk, each write fails."""
    fault("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))")
    async with team_with(slack, data) as team:
        assert "disk of the machine nerbot runs on is full" in await failure(team, "/train")


async def test_a_disk_that_is_full_before_it_begins(
    data: Path, slack: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of the training cannot even be written down."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.engine.job_folder._GoldFiles", full)
    async with team_with(slack, data) as team:
        assert "disk of the machine nerbot runs on is full" in await failure(team)


async def test_a_training_that_is_killed(data: Path, slack: Playground) -> None:
    """As by the system when memory is short."""
    async with team_with(slack, data) as team:
        await team.types("/train cnn")
        await slack.until(trainers, timeout=patient(30))
        for trainer in trainers():
            trainer.kill()
        said = (await ended(team)).text
        assert "ended from outside" in said
        assert "/train tries again" in said
        assert "finished" in (await team.types("/train status")).text


async def test_a_training_that_breaks_down(data: Path, slack: Playground, fault: Fault) -> None:
    """Its log goes to owners, without the words of a sentence."""
    fault(
        "import sys; sys.stderr.write('a library broke\\n'); sys.stderr.flush(); "
        "import os; os.abort()"
    )
    async with team_with(slack, data) as team:
        assert "nerbot runs show" in await failure(team)
    assert "a library broke" in shown_to_owners(data)


async def test_an_error_nobody_thought_of(data: Path, slack: Playground, fault: Fault) -> None:
    """People get a sentence; owners see where it happened, and no text of anybody's."""
    fault(
        "import ner_engine.formats.json_lines as f\n"
        "def broken(lines):\n    raise KeyError(''.join(lines))\n"
        "f.parse_lines = broken"
    )
    async with team_with(slack, data) as team:
        assert "Something went wrong inside the training" in await failure(team)
    shown = shown_to_owners(data)
    assert "KeyError" in shown
    assert "job.py" in shown
    assert "chest pain" not in shown


async def test_values_that_are_not_numbers(data: Path, slack: Playground) -> None:
    """The vectors kept from an earlier training have gone bad; the next training has another seed."""
    async with team_with(slack, data) as team:
        await team.types("/train encoder")
        vectors = data / "vectors"
        await slack.until(lambda: len(list(vectors.glob("*/*"))) >= 14, timeout=patient(60))
        await team.types("/train cancel")
        await slack.until(lambda: not trainers(), timeout=patient(20))
        store = VectorStore(vectors)
        for file in vectors.glob("*/*"):
            key = file.parent.name + file.name
            kept = store.read(key)
            assert kept is not None
            store.write(key, np.full_like(kept, np.nan))
        assert "not numbers" in await failure(team, "/train encoder")
    assert "seed:       0" in shown_to_owners(data, 2)


async def test_a_training_that_takes_too_long(data: Path, slack: Playground) -> None:
    """It names the setting and what was running, and says that labels are safe."""
    async with team_with(slack, data, training_minutes=0.001) as team:
        said = await failure(team)
    assert "the most it may take" in said
    assert "preset cnn. /train encoder is faster." in said
    assert "NERBOT_TRAINING_MINUTES" in said
    assert "Your labels are safe" in said


async def test_a_training_that_hangs(data: Path, slack: Playground, fault: Fault) -> None:
    """One that no longer looks at the clock is ended when its time is over."""
    fault("import threading; threading.Event().wait()")
    async with team_with(slack, data, training_minutes=0.001) as team:
        assert "the most it may take" in await failure(team)
        assert not trainers()


async def test_an_encoder_that_is_not_the_known_one(
    data: Path, slack: Playground, fault: Fault
) -> None:
    """It says what can be done until it is installed again."""
    fault(
        "import ner_engine.encoder.files as e\n"
        "e._DEFAULT_FILES = {name: (*where[:2], '0' * 64) for name, where in e._DEFAULT_FILES.items()}"
    )
    async with team_with(slack, data) as team:
        assert "/train cnn trains without it" in await failure(team, "/train encoder")


async def test_a_process_that_does_not_stop_when_asked(
    data: Path, slack: Playground, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled training that hangs is asked, and ended a while later with all its processes."""
    monkeypatch.setattr("bot.engine.local_host._PATIENT", 1.0)
    fault(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)'])\n"
        "time.sleep(600)"
    )
    async with team_with(slack, data) as team:
        await team.types("/train cnn")
        await slack.until(lambda: trainers() and trainers()[0].children(), timeout=patient(30))
        family = [trainers()[0], *trainers()[0].children()]
        assert "is cancelled" in (await team.types("/train cancel")).text
        await slack.until(lambda: not any(map(alive, family)), timeout=patient(20))
        await slack.until(lambda: not list((data / "jobs").iterdir()), timeout=patient(10))
        assert "cancelled" in run_message(team).text


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


async def test_a_lease_that_is_lost(data: Path, slack: Playground) -> None:
    """A run that showed no life for too long is tried again in the same message; the old process ends."""
    async with team_with(slack, data) as team:
        await team.types("/train cnn")
        await slack.until(trainers, timeout=patient(30))
        first = trainers()[0]
        await execute(
            data,
            "UPDATE run SET lease_until = '2020-01-01 00:00:00.000000', owner = 'gone:1:x'",
        )
        await slack.until(
            lambda: "attempt 2 of 3" in str(run_message(team).blocks), timeout=patient(30)
        )
        await slack.until(lambda: not alive(first), timeout=patient(20))
        await team.types("/train cancel")
        assert "Training 2: cancelled" in (await ended(team)).text
        texts = [message.text for message in slack.messages("#triage")]
        assert not any("Training 1" in text for text in texts)


async def test_a_database_that_is_busy_for_a_moment_does_not_end_a_training(
    data: Path, slack: Playground
) -> None:
    """A heartbeat that is not taken is no reason to throw a training away."""
    async with (
        team_with(slack, data, patience=1) as team,
        AsyncExitStack() as stack,
    ):
        await team.types("/train cnn")
        await slack.until(trainers, timeout=patient(30))
        file = data / "nerbot.db"
        database = sqlite3.connect(file, timeout=patient(10), check_same_thread=False)
        stack.callback(database.close)
        # In a thread: the bot, on this event loop, may have a transaction open that it has to end first.
        await asyncio.to_thread(database.execute, "BEGIN IMMEDIATE")
        await asyncio.sleep(7)
        database.rollback()
        await team.types("/train cancel")
        assert "cancelled" in (await ended(team)).text


async def test_one_label_alone_can_be_learned(slack: Playground, tmp_path: Path) -> None:
    """There is nothing wrong with a project of one label."""
    async with open_bot(settings_for(slack, tmp_path / "data")) as bot:
        team = Team(slack, bot)
        for number in range(12):
            await team.types(f"/label Patient {number} has {{a cough=SYMPTOM}}.")
        await team.types("/train")
        assert "is live" in (await ended(team)).text
