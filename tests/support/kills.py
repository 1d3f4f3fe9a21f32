"""kill -9 at random moments of a training: the bot, the training, or both; what must hold all the same."""

import asyncio
import json
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.playground import Playground
from tests.support.bot_process import BotProcess, bot_process, socket_mode
from tests.support.opening import patient_timing
from tests.support.patience import PATIENCE, patient
from tests.support.trainers import trainers

STUCK_SECONDS = 90
GONE_SECONDS = 10
_ACTIVE = "SELECT count(*) FROM run WHERE state IN ('queued', 'running')"


def sentence(number: int) -> str:
    """Tiny data: a training takes seconds."""
    drug = ("aspirin", "codeine", "insulin")[number % 3]
    return f"Patient {number} with {{a cough=SYMPTOM}} takes {{{drug}=DRUG}}."


@dataclass
class Torture:
    """One data folder that is never cleaned, through many bots."""

    slack: Playground
    data: Path
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    ended: Counter[str] = field(default_factory=Counter)

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.data / "nerbot.db", timeout=patient(10))) as database:
            return list(database.execute(statement))

    def active(self) -> int:
        return int(str(self.ask(_ACTIVE)[0][0]))

    async def types(self, text: str) -> None:
        command, _, rest = text.partition(" ")
        await self.slack.command("ada", "#triage", command, rest)

    async def train(self) -> None:
        """See to it that a training is on."""
        async with asyncio.timeout(patient(60)):
            while not self.active():
                await self.types("/train cnn")
                await asyncio.sleep(0.5)

    async def kill_once(self, bot: BotProcess) -> bool:
        """Kill something at a random moment of a training; whether the bot is gone."""
        what = self.chance.choice(["bot", "training", "both"])
        training: list[psutil.Process] = []
        while not self.active() or (what != "bot" and not training):
            await self.train()
            await asyncio.sleep(self.chance.uniform(0, 6))
            training = trainers(bot.pid)
        family = [relative for one in training for relative in (one, *one.children())]
        if what != "bot":
            for one in training:
                one.kill()
        if what != "training":
            await bot.kill()
        self.killed[what] += 1
        await self._gone(family)
        return what != "training"

    async def _gone(self, family: list[psutil.Process]) -> None:
        until = time.monotonic() + GONE_SECONDS
        while any(map(_alive, family)):
            assert time.monotonic() < until, f"orphans: {family}"
            await asyncio.sleep(0.1)

    async def settle(self) -> None:
        """Wait until no training is on; none may be stuck."""
        began = time.monotonic()
        while self.active():
            assert time.monotonic() - began < STUCK_SECONDS, self.ask("SELECT * FROM run")[-3:]
            await asyncio.sleep(0.2)
        self.longest = max(self.longest, time.monotonic() - began)

    async def look(self) -> None:
        """What must hold once nothing trains: no file is left, and the live model answers as before."""
        async with asyncio.timeout(patient(30)):
            while list((self.data / "jobs").iterdir()):  # noqa: ASYNC110 - files do not call
                await asyncio.sleep(0.2)
        assert not list(self.data.rglob("*unfinished*"))
        assert not [p for p in self.data.rglob("tmp*") if "playground" not in p.parts]
        self.ended = Counter(str(state) for (state,) in self.ask("SELECT state FROM run"))

    def live(self) -> tuple[object, ...]:
        """The live version with the bytes of its manifest."""
        [(version,)] = self.ask("SELECT live_version FROM project")
        if version is None:
            return (None,)
        manifest = self.data / "models" / "1" / str(version) / "MANIFEST.json"
        files = json.loads(manifest.read_text())["files"]
        return version, sorted(files)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def kill_at_random(folder: Path, *, kills: int, seed: int, settle_every: int = 5) -> str:
    """So many kills; what became of it, in a line."""
    async with Playground.open(data=folder / "slack", timing=patient_timing()) as slack:
        torture = Torture(slack, folder / "data", random.Random(seed))
        done, taught = 0, False
        while done < kills:
            async with bot_process(folder / "data", socket_mode(slack), patience=PATIENCE) as bot:
                if not taught:
                    for index in range(12):
                        await torture.types(f"/label {sentence(index)}")
                    await torture.train()
                    await torture.settle()
                    taught = True
                gone = False
                while not gone and done < kills:
                    before = torture.live()
                    gone = await torture.kill_once(bot)
                    done += 1
                    after = torture.live()
                    assert after == before or int(str(after[0])) > int(str(before[0]))
                    if not gone and done % settle_every == 0:
                        await torture.settle()
                        await torture.look()
            if done % 10 == 0:
                print(done, dict(torture.killed), f"longest {torture.longest:.0f} s")  # noqa: T201
        async with bot_process(folder / "data", socket_mode(slack), patience=PATIENCE) as bot:
            await asyncio.sleep(30)  # a lease: then what was cut off is taken up
            await torture.settle()
            await torture.look()
            answer = await slack.command("ada", "#triage", "/ner", "Patient 3 with a cough.")
            assert answer.error is None
        return (
            f"killed {dict(torture.killed)}; runs {dict(torture.ended)}; "
            f"longest wait for an end {torture.longest:.0f} s; live {torture.live()[0]}"
        )
