"""The whole bot in this process, against the Slack simulator: only Slack itself is played."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import Bot, open_bot
from bot.playground import Answer, Message, Playground
from bot.settings import Settings
from tests.support.compiled import share_compiled
from tests.support.once import copy_of, made_once
from tests.support.opening import copy_tables, patient_timing
from tests.support.patience import PATIENCE, patient

share_compiled()

GOLD = (
    *(
        f"/label A patient with {{{symptom}=SYMPTOM}} takes {{{drug}=DRUG}}."
        for symptom in ("chest pain", "fever", "a cough", "nausea")
        for drug in ("aspirin", "codeine", "insulin")
    ),
    "/label none in: No complaints today.",
    "/label none in: She feels well and goes home.",
)
"""Whole sentences: enough for a first training."""

SAMPLES = (
    "A patient with chest pain and a cough.",
    "No complaints at the visit today.",
    "He takes aspirin for his headache.",
)


@dataclass(frozen=True)
class Team:
    """People of a workspace in which nerbot is installed."""

    slack: Playground
    bot: Bot

    async def types(self, text: str, *, person: str = "ada", channel: str = "#triage") -> Answer:
        """Type a whole line, such as `/label undo`, in a channel."""
        command, _, rest = text.partition(" ")
        answer = await self.slack.command(person, channel, command, rest)
        assert answer.error is None, answer
        return answer

    async def asks(self, text: str, *, person: str = "ada") -> str:
        """Type a question; its answer, which may come after the ack while a model is being loaded."""
        answer = await self.types(text, person=person)
        if "the answer is posted here" not in answer.text:
            return answer.text
        await self.slack.until(
            lambda: "the answer is posted here" not in self.reads(person), timeout=patient(30)
        )
        return self.reads(person)

    def reads(self, person: str = "ada") -> str:
        """The words of the newest message in #triage that this person sees."""
        told = self.slack.messages("#triage", viewer=person)
        return next(m for m in reversed(told) if m.thread_ts is None).shown

    async def presses(self, message: Message | None, what: str, *, person: str = "ada") -> Message:
        """Press a button of an ephemeral message; what the message has become."""
        assert message is not None
        await self.slack.click(person, message, what)
        await self.slack.until(lambda: self.slack.now(message) != message)
        after = self.slack.now(message)
        assert after is not None
        return after


def settings_for(slack: Playground, data: Path) -> Settings:
    """The settings that connect a bot to this Slack simulator by Socket Mode; its database has its tables."""
    copy_tables(data)
    return Settings().model_copy(
        update={
            "api_url": slack.api_url,
            "bot_token": SecretStr(slack.bot_token),
            "app_token": SecretStr(slack.app_token),
            "data": data,
            "patience": PATIENCE,
        }
    )


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Playground]:
    """A Slack simulator of its own; whatever it had to refuse fails the test."""
    async with Playground.open(data=tmp_path / "slack", timing=patient_timing()) as opened:
        yield opened
        assert not opened.problems


@pytest.fixture
async def team(slack: Playground, tmp_path: Path) -> AsyncIterator[Team]:
    """The bot in Socket Mode, with nothing to label yet."""
    async with open_bot(settings_for(slack, tmp_path / "data")) as bot:
        yield Team(slack, bot)


@pytest.fixture
async def team_with_samples(slack: Playground, tmp_path: Path) -> AsyncIterator[Team]:
    """The same with three sentences in the queue."""
    async with open_bot(settings_for(slack, tmp_path / "data"), samples=SAMPLES) as bot:
        yield Team(slack, bot)


@asynccontextmanager
async def workspace_in(folder: Path) -> AsyncIterator[Team]:
    """The Slack and the bot that are kept in a folder."""
    async with (
        Playground.open(data=folder / "slack", timing=patient_timing()) as slack,
        open_bot(settings_for(slack, folder / "data")) as bot,
    ):
        yield Team(slack, bot)


@pytest.fixture(scope="session")
def labelled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which Ada labelled enough for a first training: the folder of its Slack and of its bot."""

    async def label(folder: Path) -> None:
        async with workspace_in(folder) as team:
            for line in GOLD:
                assert "finished ✓" in await team.asks(line)

    return made_once(tmp_path_factory, "labelled", label)


@pytest.fixture
def labelled_data(labelled_once: Path, tmp_path: Path) -> Path:
    """The bot's data folder of that workspace; the `slack` of the test is that workspace."""
    return copy_of(labelled_once, tmp_path)


@pytest.fixture
async def labelled(labelled_data: Path, slack: Playground) -> AsyncIterator[Team]:
    """The bot started anew where enough is labelled for a first training."""
    async with open_bot(settings_for(slack, labelled_data)) as bot:
        yield Team(slack, bot)


@pytest.fixture(scope="session")
def trained_once(labelled_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which a model was trained and is live: the folder of its Slack and of its bot."""

    async def train(folder: Path) -> None:
        copy_of(labelled_once, folder)
        async with workspace_in(folder) as team:
            await team.types("/train")

            def told() -> bool:
                """All that is said of its end: what is left unsent would be sent by the bots of tests."""
                said = "\n".join(m.text for m in team.slack.messages("#triage"))
                return "done, model 1 is live" in said and "Training 1 is done" in said

            await team.slack.until(told, timeout=patient(90))

    return made_once(tmp_path_factory, "trained", train)


@pytest.fixture
def trained_data(trained_once: Path, tmp_path: Path) -> Path:
    """The bot's data folder of a workspace with a live model; the `slack` of the test is that workspace."""
    return copy_of(trained_once, tmp_path)


@pytest.fixture
async def trained(trained_data: Path, slack: Playground) -> AsyncIterator[Team]:
    """The bot started anew where a model is live."""
    async with open_bot(settings_for(slack, trained_data)) as bot:
        yield Team(slack, bot)
