"""The sums that are kept are those that a count finds, whatever was done before."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from bot.db.database import Database, Store
from bot.db.migrations import HEAD
from bot.db.records.counters import Counters
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.erasure.repositories.erasures import Erasures
from bot.errors import NerbotError
from bot.jobs.background import Background
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.steps import Steps
from bot.projects.counter_check import CounterCheck
from bot.projects.repositories.every_project import EveryProject
from bot.projects.repositories.labels import Labels
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.history import History
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate
from tests.db.test_migrations import bring_to
from tests.support.opening import open_database

PEOPLE = (ANN, BEN, "U0CAT")
SPANS = (Span(0, 3, "A"), Span(4, 7, "B"), Span(8, 9, "C"))


class RandomSteps:
    """Random steps of a team in one project, in one transaction each."""

    def __init__(self, store: Store, project_id: int, seed: int) -> None:
        self.store = store
        self.project = project_id
        self.chance = random.Random(seed)
        self.sentences: list[Sentence] = []
        self.merges: list[tuple[int, str, str]] = []
        self.added = 0

    def spans(self) -> tuple[Span, ...]:
        kept = (span for span in SPANS if self.chance.random() < 0.5)
        return tuple(Span(s.start, s.end, self.chance.choice("ABC")) for s in kept)

    async def bring(self, tx: Transaction) -> None:
        self.added += 1
        self.sentences += await add(tx, self.project, f"one two {self.added}")

    async def withdraw(self, tx: Transaction) -> None:
        await Sentences(tx).withdraw(self.project, [s.id for s in self.sentences])
        self.sentences = [
            each for each in self.sentences if await Sentences(tx).get(self.project, each.id)
        ]

    async def label(self, tx: Transaction) -> None:
        sentence, person = self.chance.choice(self.sentences), self.chance.choice(PEOPLE)
        finished = self.chance.random() < 0.7
        await annotate(tx, self.project, sentence, *self.spans(), person=person, finished=finished)

    async def undo(self, tx: Transaction) -> None:
        step = await Steps(tx).last_step(self.project, self.chance.choice(PEOPLE))
        if step is not None:
            await Steps(tx).undo(self.project, step, request="undo")

    async def skip(self, tx: Transaction) -> None:
        sentence = self.chance.choice(self.sentences)
        await Queue(tx).skip(self.project, self.chance.choice(PEOPLE), sentence.id)

    async def review(self, tx: Transaction) -> None:
        dispute = await Decisions(tx).next(self.project)
        sentence = dispute.sentence if dispute else self.chance.choice(self.sentences)
        await Decisions(tx).decide(
            self.project, sentence, self.spans(), at_stake=(), person=self.chance.choice(PEOPLE)
        )

    async def revoke(self, tx: Transaction) -> None:
        sentence = self.chance.choice(self.sentences)
        await Decisions(tx).revoke(self.project, sentence.id, person=ANN, undoes=None)  # type: ignore[arg-type]

    async def names(self, tx: Transaction) -> tuple[str, str]:
        for name in "ABC":
            await Labels(tx).add(self.project, name, person=ANN)
        one, other = self.chance.sample("ABC", 2)
        return one, other

    async def merge(self, tx: Transaction) -> None:
        old, new = await self.names(tx)
        event = await Labels(tx).merge(self.project, old, new, person=ANN)
        if event is not None:
            self.merges.append((event, old, new))

    async def split(self, tx: Transaction) -> None:
        if self.merges:
            event, old, new = self.merges.pop()
            await Labels(tx).split(self.project, event, old, new, description="", person=ANN)

    async def rename(self, tx: Transaction) -> None:
        old, _ = await self.names(tx)
        await Labels(tx).rename(self.project, old, "D", person=ANN)
        await Labels(tx).rename(self.project, "D", old, person=ANN)

    async def renamed(self, tx: Transaction) -> None:
        old, new = await self.names(tx)
        await Labels(tx).rename(self.project, old, new, person=ANN)

    async def fail(self, tx: Transaction) -> None:
        await self.label(tx)
        raise NerbotError("undone")

    async def one(self) -> str:
        every: tuple[tuple[Callable[[Transaction], Awaitable[None]], int], ...] = (
            (self.bring, 4), (self.withdraw, 1), (self.label, 12), (self.undo, 5), (self.skip, 1),
            (self.review, 3), (self.revoke, 2), (self.merge, 1), (self.split, 1),
            (self.rename, 1), (self.renamed, 1), (self.fail, 2),
        )  # fmt: skip
        if not self.sentences:
            every = ((self.bring, 1),)
        [(work, _)] = self.chance.choices(every, [weight for _, weight in every])
        try:
            async with self.store.writing(HERE) as tx:
                await work(tx)
        except NerbotError:
            pass
        return str(getattr(work, "__name__", ""))


async def both(store: Store, project_id: int) -> tuple[object, object]:
    async with store.reading(HERE) as tx:
        return await Counters(tx).kept(project_id), await Counters(tx).counted(project_id)


@pytest.mark.parametrize("seed", range(8))
async def test_after_any_steps_the_sums_are_those_of_a_count(
    store: Store, project_id: int, seed: int
) -> None:
    steps = RandomSteps(store, project_id, seed)
    done = []
    for _ in range(60):
        done.append(await steps.one())
        kept, counted = await both(store, project_id)
        assert kept == counted, done


async def test_the_migration_counts_what_is_there(
    store: Store, url: str, project_id: int, database: Database
) -> None:
    steps = RandomSteps(store, project_id, 99)
    for _ in range(80):
        await steps.one()
    kept, _ = await both(store, project_id)
    async with database.writing() as connection:
        await connection.execute(text("DROP TABLE counter"))
        await connection.execute(text("DROP INDEX ix_annotation_finished"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0027'"))
        await connection.run_sync(bring_to, "0028")
        # The columns of later versions are there already.
        await connection.execute(text(f"UPDATE alembic_version SET version_num = '{HEAD}'"))
    async with open_database(url) as again:
        assert (await both(Store(again, Clock()), project_id))[0] == kept


async def test_what_is_deleted_put_back_and_forgotten_counts_along(
    store: Store, project_id: int
) -> None:
    steps = RandomSteps(store, project_id, 7)
    for _ in range(60):
        await steps.one()
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one two three", "one two four")
        await annotate(tx, project_id, one, SPANS[0])
        await annotate(tx, project_id, two, SPANS[0], person=BEN)

    async def restored(tx: Transaction) -> None:
        assert await Bin(tx).restore(project_id, one.id)

    async def back(tx: Transaction) -> None:
        event = (await History(tx).page(project_id, limit=1))[0]
        assert await Labels(tx).bring_back(project_id, event, person=ANN) == ()

    for step in (
        lambda tx: Bin(tx).put(project_id, one.id, person=ANN),
        restored,
        lambda tx: Labels(tx).delete(project_id, "A", person=ANN),
        back,
        lambda tx: Erasures(tx).sentences(project_id, [one.id]),
        lambda tx: Erasures(tx).person(project_id, BEN),
    ):
        before = await both(store, project_id)
        async with store.writing(HERE) as tx:
            await step(tx)
        kept, counted = await both(store, project_id)
        assert kept == counted
        assert kept != before[0]


async def test_the_nightly_check_tells_of_a_difference_and_puts_it_right(
    store: Store, project_id: int, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one two")
        await annotate(tx, project_id, one, SPANS[0])
    check = CounterCheck(
        store, EveryProject(database, EVERY_WORKSPACE), Background(), clock=Clock()
    )
    assert await check.check() == 0
    assert not caplog.records
    async with database.writing() as connection:
        await connection.execute(text("UPDATE counter SET value = 7 WHERE kind = 'label'"))
    with caplog.at_level(logging.ERROR):
        assert await check.check() == 1
    assert "(label)" in caplog.text
    kept, counted = await both(store, project_id)
    assert kept == counted


async def test_the_check_is_made_once_a_night(
    store: Store, project_id: int, database: Database, clock: Clock
) -> None:
    async def wrong() -> bool:
        kept, counted = await both(store, project_id)
        return kept != counted

    check = CounterCheck(store, EveryProject(database, EVERY_WORKSPACE), Background(), clock=clock)
    # From 03:02: the next night, no second time in it, and the one after.
    for hours, mended in ((1, False), (23, True), (1, False), (22, False), (1, True)):
        async with store.writing(HERE) as tx:
            await Counters(tx).sentences_added(project_id, 1)
        clock.move(hours=hours)
        async with Background(grace=60) as background:
            check.background = background
            await check.look()
            await asyncio.gather(*background._tasks)
        assert await wrong() is not mended


async def test_a_report_keeps_no_label_waiting(store: Store, project_id: int) -> None:
    """Every connection for reports is taken, and people read and label all the same."""
    async with store.reporting(HERE) as one, store.reporting(HERE) as two:
        assert await Counters(one).counted(project_id) == await Counters(two).counted(project_id)
        for number in range(8):
            async with store.reading(HERE) as tx:
                await Counters(tx).of(project_id)
            async with store.writing(HERE) as tx:
                [sentence] = await add(tx, project_id, f"Sentence {number}")
                after = AnnotationState((), finished=True)
                before = await Annotations(tx).of(sentence, ANN)
                await Annotations(tx).change(
                    project_id, before, StepKind.FINISHED, after, request="r"
                )
