"""What one workspace may have and do, where several share a nerbot."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.app import open_bot
from bot.db.database import Database, Store
from bot.db.records.counters import Counters
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.domain.limits import Limits
from bot.domain.runs import RunReason, RunState
from bot.errors import LimitReached
from bot.jobs.background import Background
from bot.playground import Playground
from bot.projects.repositories.projects import Projects
from bot.training.run_starter import RunStarter
from tests.bot.conftest import Team, settings_for
from tests.bot.tenants.conftest import ONE, TWO
from tests.db.conftest import Clock, add, backend, database, new_run, server, url

__all__ = ["backend", "database", "server", "url"]


def limited(database: Database, clock: Clock, **most: int) -> Store:
    return Store(database, clock, limits=Limits(**most))


async def test_no_sentence_is_added_beyond_what_the_workspace_may_have(database: Database) -> None:
    store = limited(database, Clock(), sentences=2)
    async with store.writing(ONE) as tx:
        project = await Projects(tx).ensure_default()
        await add(tx, project.id, "one", "two")
        await add(tx, project.id, "two")  # it is there
    with pytest.raises(LimitReached, match="NERBOT_WORKSPACE_SENTENCES"):
        async with store.writing(ONE) as tx:
            await add(tx, project.id, "three")
    async with store.writing(TWO) as tx:
        other = await Projects(tx).ensure_default()
        await add(tx, other.id, "three")
    async with store.reading(ONE) as tx:
        assert await Counters(tx).all_sentences() == 2
        assert await Sentences(tx).find(project.id, "three") is None


async def test_a_workspace_begins_so_many_trainings_a_day_and_what_is_tried_again_is_not_one(
    database: Database,
) -> None:
    clock = Clock()
    store, starter = (
        limited(database, clock, trainings=1),
        RunStarter(cast("Any", _Nobody()), Background()),
    )
    async with store.writing(ONE) as tx:
        project = await Projects(tx).ensure_default()
        first = await starter.claim(tx, new_run(project.id))
        assert first is not None
        await Runs(tx).end(first.id, RunState.INTERRUPTED)
        again = await starter.claim(
            tx, new_run(project.id, reason=RunReason.RETRY, retry_of=first.id)
        )
        assert again is not None
        await Runs(tx).end(again.id, RunState.FAILED)
    async with store.writing(ONE) as tx:
        assert await starter.claim(tx, new_run(project.id, reason=RunReason.AUTO)) is None
        with pytest.raises(LimitReached, match="NERBOT_WORKSPACE_TRAININGS"):
            await starter.claim(tx, new_run(project.id))
    async with store.writing(TWO) as tx:
        other = await Projects(tx).ensure_default()
        assert await starter.claim(tx, new_run(other.id)) is not None
    clock.now += timedelta(days=1, seconds=1)
    async with store.writing(ONE) as tx:
        assert await starter.claim(tx, new_run(project.id)) is not None


async def test_whoever_reaches_a_limit_reads_what_to_do(slack: Playground, tmp_path: Path) -> None:
    limits = {"workspace_sentences": 1, "workspace_requests": 4}
    settings = settings_for(slack, tmp_path / "data").model_copy(update=limits)
    async with open_bot(settings) as bot:
        team = Team(slack, bot)
        await team.types("/label none in: No complaints today.")
        said = (await team.types("/label none in: She feels well.")).text
        assert "This workspace may have 1 sentence," in said
        assert "ask whoever runs nerbot" in said
        answers = [(await team.types("/nerbot labels", person="grace")).text for _ in range(3)]
        assert (
            "Your workspace has asked 4 times within a minute. Please try again in" in answers[-1]
        )


class _Nobody:
    owner = "box:1"

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)
