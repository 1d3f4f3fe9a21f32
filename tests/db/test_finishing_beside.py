"""Finishing beside others, on PostgreSQL: nobody waits for it longer than for a label, and it counts the same."""

import asyncio
import random

import pytest
from sqlalchemy import bindparam, select

from bot.db.database import Database, Store
from bot.db.records.counters import Counters
from bot.db.tables.projects import project
from bot.db.tables.queue import handed
from bot.domain.project import Caller, Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import PersonError
from bot.labelling import service
from bot.labelling.commands import Finish, LabelPhrase, OpenSentence, Skip, Undo
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.labelling.service import BESIDE_OTHERS, Labelling
from bot.labelling.values.cards import Card
from bot.projects.repositories.projects import Projects
from tests.db.beside import (
    ALONE,
    ORDER,
    PAIN,
    PEOPLE,
    add_sentences,
    asks,
    backend,
    check,
    label,
    labelling,
    on_card,
    sentences,
)
from tests.db.conftest import ANN, HERE
from tests.support.patience import patient
from tests.support.round_trips import COMMIT, told_statements, under_the_lock

__all__ = ["backend", "labelling", "sentences"]

MOST_OF_FINISHING = 3


async def test_at_most_three_statements_of_finishing_are_under_a_lock_that_others_wait_for(
    database: Database, labelling: Labelling, sentences: list[Sentence]
) -> None:
    """From the one that counts what waits, and so keeps the project's row, to the COMMIT."""
    await on_card(labelling, ANN, sentences[0])
    await label(labelling, ANN)
    with told_statements(database) as told:
        shown = await labelling.handle(asks(ANN, "finish"), Finish())
    assert isinstance(shown, Card)
    assert (shown.annotation.finished, shown.waiting, shown.today) == (True, len(sentences) - 1, 1)
    assert not under_the_lock(told, ALONE)
    [first] = [place for place, each in enumerate(told) if "UPDATE sentence" in each.sql]
    [ordered] = [place for place, each in enumerate(told) if ORDER in each.parameters]
    assert first < ordered
    assert told[-1].sql == COMMIT
    assert len(told) - first <= MOST_OF_FINISHING


@pytest.mark.parametrize("wanted", [1, 2, 3])
async def test_what_is_finished_beside_others_is_noted_as_what_is_finished_alone(
    store: Store,
    project_id: int,
    labelling: Labelling,
    sentences: list[Sentence],
    monkeypatch: pytest.MonkeyPatch,
    wanted: int,
) -> None:
    """The cards, the queue and the sums, whether or not a sentence waits for others, was skipped or comes again."""
    async with store.writing(HERE) as tx:
        other = await Projects(tx).add("other", person=ANN)
        assert other is not None
    others = await add_sentences(store, other.id)
    async with store.writing(HERE) as tx:
        for each in (project_id, other.id):
            await tx.connection.execute(
                project.update().where(project.c.id == each).values(annotations_per_sentence=wanted)
            )
    found = []
    for place, where, there in ((project_id, "C1", sentences), (other.id, "D2", others)):
        monkeypatch.setattr(service, "BESIDE_OTHERS", () if place == other.id else BESIDE_OTHERS)
        chance = random.Random(wanted)
        said: list[object] = []
        for number in range(60):
            person = chance.choice(PEOPLE[:4])
            caller = Caller(HERE, where, person, f"{place} {number}", project_id=place)
            which = there[chance.randrange(5)].id
            command = chance.choice(
                (
                    OpenSentence(which),
                    Skip(which),
                    LabelPhrase("PAIN", "pain"),
                    Finish(),
                    Finish(),
                    Undo(),
                )
            )
            try:
                shown = await labelling.handle(caller, command)
            except PersonError as error:
                said.append(type(error).__name__)
                continue
            if isinstance(shown, Card):
                at = [each.id for each in there].index(shown.annotation.sentence.id)
                said.append((at, shown.annotation.spans, shown.waiting, shown.today))
        async with store.reading(HERE) as tx:
            rows = (await tx.connection.execute(_HANDED, {"project": place})).all()
            numbers = {each.id: number for number, each in enumerate(there)}
            came = sorted((numbers[row.sentence_id], row.person, row.answered) for row in rows)
            sums = await Counters(tx).kept(place)
            assert sums == await Counters(tx).counted(place)
        found.append((said, came, sums))
    assert found[0] == found[1]


_HANDED = select(handed).where(handed.c.project_id == bindparam("project"))


async def test_finishing_does_not_wait_for_a_label_and_two_who_finish_are_both_counted(
    store: Store, project_id: int, labelling: Labelling, sentences: list[Sentence]
) -> None:
    for person in PEOPLE:
        await on_card(labelling, person, sentences[PEOPLE.index(person) // 2])
        await label(labelling, person)
    await on_card(labelling, ANN, sentences[9])
    async with asyncio.timeout(patient(4)), store.writing_beside(HERE, ANN) as tx:
        mine = await Annotations(tx).of(sentences[9], ANN)
        await Annotations(tx).change(
            project_id, mine, StepKind.LABELLED, AnnotationState((PAIN,)), request="held open"
        )
        await asyncio.gather(
            *(labelling.handle(asks(person, f"finish {person}"), Finish()) for person in PEOPLE)
        )
    async with store.reading(HERE) as tx:
        counts = await Annotations(tx).counts(project_id)
        waiting = await Queue(tx).waiting(project_id, ANN)
    assert (counts.finished, counts.unfinished, waiting) == (4, 1, len(sentences) - 4)
    await check(store, project_id)
