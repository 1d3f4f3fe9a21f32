"""The test of a stream goes on where it was, whatever is started anew."""

import random

import pytest
from sqlalchemy import select

from bot.db.database import Store
from bot.db.tables.health import drawn_sentence, stream_drift
from bot.db.transaction import Transaction
from bot.domain.entities import EntityState
from bot.health.observer import Observer
from bot.health.values import StreamChange
from bot.watching.ports import Observed
from bot.watching.repositories.watches import Watches
from bot.watching.values import NewReading, ReadSentence, WaitingMessage
from tests.db.conftest import ANN, HERE

SECRET = "Ms Miller has chest pain"
TOKENS = ((0, 2), (3, 9), (10, 13), (14, 19), (20, 24))


class Stream:
    """Messages of one project, a process for each ten of them."""

    def __init__(self, store: Store, project_id: int) -> None:
        self.store = store
        self.project_id = project_id
        self.chance = random.Random(3)
        self.told: list[tuple[int, str, StreamChange]] = []

    async def tell(
        self, _: Transaction, project_id: int, alarm: int, person: str, change: StreamChange
    ) -> None:
        assert project_id == self.project_id
        self.told.append((alarm, person, change))

    async def ask(
        self, _: Transaction, project_id: int, draw: int, person: str, waiting: int
    ) -> None:
        raise AssertionError(f"no week is over: {project_id, draw, person, waiting}")

    async def brings(
        self, messages: int, *, sure: float, model: int = 1, hidden: bool = False
    ) -> None:
        """Messages in which something is found that is about so sure."""
        for _ in range(messages // 10):
            observer = Observer(
                self.store, workspace=HERE, tell=self.tell, ask=self.ask, chance=self.chance
            )
            await observer.prepare(self.project_id, model)
            async with self.store.writing(HERE) as tx:
                seen = [self.one(sure, model, hidden=hidden) for _ in range(10)]
                await observer.observe(tx, self.project_id, model, seen)

    def one(self, sure: float, model: int, *, hidden: bool) -> Observed:
        score = sure - self.chance.random() / 10
        message = WaitingMessage(1, 1, self.project_id, "C0", "1", None, "1", 0, 0, None)
        found = NewReading(1, 14, 24, "SIGN", "chest pain", score, model, EntityState.OUT)
        sentence = ReadSentence(1, SECRET, TOKENS)
        return Observed(message, (sentence,), (found,), frozenset({1}) if hidden else frozenset())

    async def kept(self) -> list[str]:
        """The texts that wait for somebody who labels them."""
        wanted = select(drawn_sentence.c.sentence).where(drawn_sentence.c.stratum == "changed")
        async with self.store.reading(HERE) as tx:
            return list((await tx.connection.execute(wanted)).scalars())


@pytest.fixture
async def stream(store: Store, project_id: int) -> Stream:
    async with store.writing(HERE) as tx:
        await Watches(tx).add(project_id, "C0", person=ANN, since="0", reached=None)
    return Stream(store, project_id)


async def test_a_change_is_told_once_over_restarts_and_again_when_there_is_another(
    stream: Stream,
) -> None:
    await stream.brings(100, sure=0.95)
    assert (stream.told, await stream.kept()) == ([], [])
    await stream.brings(300, sure=0.6)
    [(alarm, person, change)] = stream.told
    assert (alarm, person, change.what, change.channel) == (1, ANN, "confidence", "C0")
    assert change.usual == pytest.approx(0.9, abs=0.02)
    assert change.now < 0.7
    assert await stream.kept() == [SECRET] * 20
    await stream.brings(200, sure=0.95)
    assert [alarm for alarm, *_ in stream.told] == [1, 2]


async def test_the_row_of_a_test_has_numbers_and_no_text(stream: Stream) -> None:
    await stream.brings(200, sure=0.95)
    async with stream.store.reading(HERE) as tx:
        [row] = await tx.connection.execute(select(stream_drift))
    assert "Miller" not in str(row)
    assert "chest" not in str(row)
    assert len(row.state) < 40_000


async def test_a_new_live_model_begins_a_new_test(stream: Stream) -> None:
    await stream.brings(100, sure=0.95)
    await stream.brings(300, sure=0.6, model=2)
    assert stream.told == []


async def test_what_is_masked_is_tested_and_never_kept(stream: Stream) -> None:
    await stream.brings(100, sure=0.95)
    await stream.brings(200, sure=0.6, hidden=True)
    assert len(stream.told) == 1
    assert await stream.kept() == []
