"""Labels of one workspace beside each other, on PostgreSQL: what has to be in order is, and nothing else waits."""

import asyncio
import random

from sqlalchemy import func, select

from bot.db.database import Database, Store
from bot.db.tables.sentences import event
from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import PersonError
from bot.labelling.commands import (
    Finish,
    LabelCommand,
    LabelPhrase,
    NextSentence,
    Undo,
)
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.service import Labelling
from bot.labelling.values.cards import Card
from bot.projects.repositories.labels import Labels
from tests.db.beside import (
    ALONE,
    ORDER,
    PAIN,
    PEOPLE,
    asks,
    backend,
    check,
    label,
    labelling,
    on_card,
    sentences,
)
from tests.db.conftest import ANN, BEN, HERE
from tests.support.patience import patient
from tests.support.round_trips import COMMIT, told_statements, under_the_lock

__all__ = ["backend", "labelling", "sentences"]

MOST = 4
"""Statements of a label under the workspace's lock."""


async def test_at_most_four_statements_of_a_label_are_under_the_workspaces_lock(
    database: Database, labelling: Labelling, sentences: list[Sentence]
) -> None:
    """The one that takes it and the COMMIT among them."""
    await on_card(labelling, ANN, sentences[0])
    with told_statements(database) as told:
        await label(labelling, ANN)
    under = under_the_lock(told, ORDER)
    assert under[-1].sql == COMMIT
    assert 2 <= len(under) <= MOST
    assert not under_the_lock(told, ALONE)


async def test_a_label_does_not_wait_for_one_that_is_under_way(
    store: Store, project_id: int, labelling: Labelling, sentences: list[Sentence]
) -> None:
    await on_card(labelling, BEN, sentences[1])
    async with asyncio.timeout(patient(2)), store.writing_beside(HERE, ANN) as tx:
        await _bring(tx, project_id, sentences[0], ANN)
        assert isinstance(await label(labelling, BEN), Card)
    await check(store, project_id)


async def _bring(tx: Transaction, project_id: int, sentence: Sentence, person: str) -> None:
    mine = await Annotations(tx).of(sentence, person)
    after = AnnotationState((PAIN,))
    await Annotations(tx).change(project_id, mine, StepKind.LABELLED, after, request="held open")


async def test_whoever_writes_alone_waits_for_a_label_and_the_next_label_for_them(
    store: Store, project_id: int, labelling: Labelling, sentences: list[Sentence]
) -> None:
    await on_card(labelling, ANN, sentences[0])
    async with store.writing(HERE):
        waits = asyncio.create_task(label(labelling, ANN))
        await asyncio.sleep(0.3)
        assert not waits.done()
    await waits
    async with store.writing_beside(HERE, BEN) as tx:
        await _bring(tx, project_id, sentences[1], BEN)
        alone = asyncio.create_task(_write_alone(store))
        await asyncio.sleep(0.3)
        assert not alone.done()
    await alone


async def _write_alone(store: Store) -> None:
    async with store.writing(HERE):
        pass


async def test_two_people_in_one_sentence_are_counted_once(
    store: Store, project_id: int, labelling: Labelling, sentences: list[Sentence]
) -> None:
    for person in PEOPLE:
        await on_card(labelling, person, sentences[0])
    await asyncio.gather(*(label(labelling, person) for person in PEOPLE))
    async with store.reading(HERE) as tx:
        assert (await Annotations(tx).counts(project_id)).unfinished == 1
    await check(store, project_id)


async def test_a_label_that_is_delivered_twice_at_once_has_one_effect(
    store: Store, project_id: int, labelling: Labelling, sentences: list[Sentence]
) -> None:
    await on_card(labelling, ANN, sentences[0])
    one, two = await asyncio.gather(label(labelling, ANN), label(labelling, ANN))
    assert one == two
    assert await _events(store, StepKind.LABELLED) == 1
    await check(store, project_id)


async def test_a_new_label_is_made_once_however_people_write_it(
    store: Store, project_id: int, labelling: Labelling, sentences: list[Sentence]
) -> None:
    """Whoever comes second labels with the name that is there by then."""
    for person, sentence in zip(PEOPLE, sentences, strict=False):
        await on_card(labelling, person, sentence)
    await asyncio.gather(
        *(
            labelling.handle(asks(person, f"new {person}"), LabelPhrase(name, "place"))
            for person, name in zip(PEOPLE, ["Spot", "SPOT", "spot"] * 3, strict=False)
        )
    )
    async with store.reading(HERE) as tx:
        names = {each.name for each in await Labels(tx).all(project_id)}
        said = {
            span.label
            for person, sentence in zip(PEOPLE, sentences, strict=False)
            for span in (await Annotations(tx).of(sentence, person)).spans
        }
    assert len(names - {"PAIN"}) == 1
    assert said == names - {"PAIN"}


async def test_events_are_numbered_in_the_order_in_which_they_are_kept(
    database: Database,
    store: Store,
    project_id: int,
    labelling: Labelling,
    sentences: list[Sentence],
) -> None:
    """Whoever follows the record from the last number they saw misses none, and the sums are right, while people
    label, finish, undo and go on beside each other."""
    over = asyncio.Event()
    seen: list[int] = []

    async def follow() -> None:
        last = 0
        while True:
            is_last = over.is_set()
            async with store.reading(HERE) as tx:
                wanted = select(event.c.id).where(event.c.id > last).order_by(event.c.id)
                found = list((await tx.connection.execute(wanted)).scalars())
            seen.extend(found)
            last = max([last, *found])
            if is_last:
                return
            await asyncio.sleep(0)

    async def work(person: str, chance: random.Random) -> None:
        for number in range(8):
            await on_card(labelling, person, chance.choice(sentences))
            commands: tuple[LabelCommand, ...] = (
                LabelPhrase("PAIN", "pain"),
                LabelPhrase("PAIN", "place"),
                Finish(),
                Undo(),
            )
            for place, command in enumerate(chance.sample(commands, 3)):
                caller = asks(person, f"{person} {number} {place}")
                try:
                    await labelling.handle(caller, command)
                except PersonError:
                    continue
            await labelling.handle(asks(person, f"{person} next {number}"), NextSentence())

    following = asyncio.create_task(follow())
    with told_statements(database, seconds=0.0005):
        await asyncio.gather(
            *(work(person, random.Random(place)) for place, person in enumerate(PEOPLE[:4]))
        )
    over.set()
    await following
    async with store.reading(HERE) as tx:
        there = await tx.connection.execute(select(event.c.id).order_by(event.c.id))
        assert seen == list(there.scalars())
    await check(store, project_id)


async def _events(store: Store, kind: StepKind) -> int:
    async with store.reading(HERE) as tx:
        wanted = select(func.count()).where(event.c.kind == kind.value)
        return int((await tx.connection.execute(wanted)).scalar_one())
