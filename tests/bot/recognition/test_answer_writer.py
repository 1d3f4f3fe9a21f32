import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event as listeners

from bot.db.database import Database, Store
from bot.db.records.pending_actions import PendingActions
from bot.erasure.repositories.erasures import Erasures
from bot.jobs.background import Background
from bot.projects.repositories.projects import Projects
from bot.recognition.answer_writer import AnswerWriter
from bot.recognition.values import Answer, AnsweredText
from ner_engine.annotation import Prediction
from tests.support.opening import open_database, tables_in
from tests.support.patience import patient

HERE, ANN = "T1", "U1"
NOW = datetime.now(UTC)
ANSWER = Answer(3, (AnsweredText("No pain.", ((0, 2), (3, 7), (7, 8)), Prediction((), (), 0.1)),))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tables_in(tmp_path)) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, lambda: datetime.now(UTC))


async def test_answers_that_wait_for_the_writer_are_kept_together(
    database: Database, store: Store
) -> None:
    commits: list[object] = []
    async with Background(grace=patient(5)) as background:
        answers = AnswerWriter(store, background)
        async with store.writing(HERE) as tx:
            project = await Projects(tx).ensure_default()
            kept = [answers.keep(HERE, project.id, ANN, ANSWER, asked_at=NOW) for _ in range(9)]
            listeners.listen(database._writers.engine.sync_engine, "commit", commits.append)
        await asyncio.gather(*(answers.settled(answer.offer) for answer in kept))
    async with store.reading(HERE) as tx:
        found = [
            await PendingActions(tx).get(project.id, ANN, answer.offer, Answer) for answer in kept
        ]
    assert (found, len(commits) <= 2) == (kept, True)  # the block above, and all nine


async def test_a_button_faster_than_the_database_waits_for_its_answer(store: Store) -> None:
    async with Background(grace=patient(5)) as background:
        answers = AnswerWriter(store, background)
        async with store.writing(HERE) as tx:
            project = await Projects(tx).ensure_default()
            kept = answers.keep(HERE, project.id, ANN, ANSWER, asked_at=NOW)
            waiting = asyncio.create_task(answers.settled(kept.offer))
            for _ in range(100):
                await asyncio.sleep(0)
            assert not waiting.done()  # the writer is still ours
        await waiting
        async with store.reading(HERE) as tx:
            assert await PendingActions(tx).get(project.id, ANN, kept.offer, Answer) == kept


async def test_an_answer_that_cannot_be_kept_lets_its_button_go_on(
    database: Database, store: Store
) -> None:
    async with Background(grace=patient(5)) as background:
        answers = AnswerWriter(store, background)
        kept = answers.keep(HERE, 404, ANN, ANSWER, asked_at=NOW)  # a project that is not there
        async with asyncio.timeout(patient(5)):
            await answers.settled(kept.offer)
    async with store.reading(HERE) as tx:
        assert await PendingActions(tx).get(404, ANN, kept.offer, Answer) is None


async def test_of_a_question_asked_before_something_was_forgotten_nothing_is_kept(
    store: Store,
) -> None:
    async with Background(grace=patient(5)) as background:
        answers = AnswerWriter(store, background)
        async with store.writing(HERE) as tx:
            project = await Projects(tx).ensure_default()
            before = tx.clock()
            await Erasures(tx).note(project.id, ANN, [])
        asked = [before - timedelta(seconds=1), datetime.now(UTC) + timedelta(seconds=1)]
        kept = [
            answers.keep(HERE, project.id, ANN, ANSWER, asked_at=asked_at) for asked_at in asked
        ]
        for answer in kept:
            await answers.settled(answer.offer)
    async with store.reading(HERE) as tx:
        found = [
            await PendingActions(tx).get(project.id, ANN, answer.offer, Answer) for answer in kept
        ]
    assert found == [None, kept[1]]
