"""A project whose model is fast stays so, and only trainings of that preset are given sentences of the queue."""

from pathlib import Path

import pytest

from bot.db.records.sentences import Sentences
from bot.domain.project import Caller
from bot.projects.repositories.access import Access
from bot.training.commands import SetAutoTraining, StartTraining
from tests.bot.training.test_scheduling import Process, Time, finish, idle, process


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/nerbot.db"


async def trained(bot: Process, command: StartTraining) -> str:
    """The preset of the training that a command begins."""
    await bot.handle(command)
    return (await idle(bot))[-1].preset


async def test_trainings_keep_the_preset_fast_until_another_one_is_named(url: str) -> None:
    async with process(url, Time()) as bot:
        await finish(bot.store, 10)
        wanted = [None, "cnn", None, "fast", None, "encoder", None]
        presets = [await trained(bot, StartTraining(preset)) for preset in wanted]
        assert presets == ["encoder", "cnn", "encoder", "fast", "fast", "encoder", "encoder"]


async def test_a_training_that_nobody_asked_for_keeps_it_too(url: str) -> None:
    async with process(url, Time()) as bot:
        await finish(bot.store, 10)
        await trained(bot, StartTraining("fast"))
        await bot.handle(SetAutoTraining(2))
        await finish(bot.store, 2)
        await bot.clock.look()
        assert [run.preset for run in await idle(bot)] == ["fast", "fast"]


async def test_sentences_of_the_queue_are_given_to_a_fast_training_alone(url: str) -> None:
    async with process(url, Time()) as bot:
        await finish(bot.store, 10)
        async with bot.store.writing("T1") as tx:
            project = await Access(tx).ensure(Caller("T1", "C1", "U1", "Ev"))
            await Sentences(tx).add(project.id, "Waits.", (), person="U1", source="test")
        await trained(bot, StartTraining("encoder"))
        assert bot.engine.unlabelled == []
        await trained(bot, StartTraining("fast"))
        assert bot.engine.unlabelled == [("Waits.",)]
