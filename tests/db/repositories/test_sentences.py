"""Projects, labels and texts."""

import pytest
from sqlalchemy import select

from bot.db.database import Database, Store
from bot.db.records.sentences import Sentences
from bot.db.tables.sentences import event
from bot.domain.project import Label, Project
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from tests.db.conftest import ANN, BEN, HERE, add, annotate


async def test_there_is_no_project_before_the_first_use(store: Store) -> None:
    async with store.reading(HERE) as tx:
        assert await Projects(tx).default() is None


async def test_the_default_project_is_made_once(store: Store) -> None:
    async with store.writing(HERE) as tx:
        made = await Projects(tx).ensure_default()
    async with store.writing(HERE) as tx:
        assert await Projects(tx).ensure_default() == made == Project(made.id, "default")


async def test_a_label_is_created_once_and_the_event_says_by_whom(
    database: Database, store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        created = [await Labels(tx).add(project_id, "DRUG", person=ANN) for _ in range(2)]
    async with database.reading() as connection:
        events = (await connection.execute(select(event.c.person, event.c.detail))).all()
    assert (created, [tuple(row) for row in events]) == (
        [True, False],
        [(ANN, {"name": "DRUG", "to": ""})],
    )


async def test_labels_come_by_name(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        for name in ("B_2", "B", "A", "B1"):
            await Labels(tx).add(project_id, name, person=ANN)
        assert await Labels(tx).all(project_id) == tuple(map(Label, ("A", "B", "B1", "B_2")))


async def test_a_text_is_stored_once(store: Store, project_id: int) -> None:
    tokens = ((0, 3), (4, 6))
    async with store.writing(HERE) as tx:
        first, is_new = await Sentences(tx).add(
            project_id, "Ibu 🩺", tokens, person=ANN, source="command"
        )
        second, is_new_again = await Sentences(tx).add(
            project_id, "Ibu 🩺", (), person=ANN, source="command"
        )
    assert (is_new, is_new_again) == (True, False)
    assert first == second


@pytest.mark.parametrize(
    "text", ["a\tb", "naïve 🩺", "'; DROP TABLE sentence; --", "\\", "x" * 2000]
)
async def test_a_text_comes_back_character_by_character(
    store: Store, project_id: int, text: str
) -> None:
    async with store.writing(HERE) as tx:
        [stored] = await add(tx, project_id, text)
    async with store.reading(HERE) as tx:
        by_id = await Sentences(tx).get(project_id, stored.id)
        assert by_id == stored == await Sentences(tx).find(project_id, text)
        assert stored.text == text


async def test_texts_that_differ_in_one_character_are_two(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "Fever", "fever")
    assert one.id != two.id


@pytest.mark.parametrize("number", [0, -1, 999, 2**31, 2**63, 10**30])
async def test_an_id_nobody_gave_finds_nothing(store: Store, project_id: int, number: int) -> None:
    async with store.reading(HERE) as tx:
        assert await Sentences(tx).get(project_id, number) is None
        assert await Sentences(tx).get(number, 1) is None


async def test_sentences_nobody_has_worked_with_are_withdrawn(
    store: Store, project_id: int
) -> None:
    """One that is held, passed over, flagged or labelled stays, and what waits is counted right."""
    async with store.writing(HERE) as tx:
        texts = ("untouched", "held", "skipped", "flagged", "labelled", "handed")
        untouched, held, skipped, flagged, labelled, handed = await add(tx, project_id, *texts)
        await Queue(tx).take(project_id, ANN, held.id)
        await Queue(tx).skip(project_id, BEN, skipped.id)
        await Flags(tx).put(project_id, BEN, flagged.id)
        await annotate(tx, project_id, labelled, person=BEN)
        waiting = await Queue(tx).waiting(project_id, "U0CARL")
        every = [one.id for one in (untouched, held, skipped, flagged, labelled)]
        assert await Sentences(tx).withdraw(project_id, every) == {untouched.id}
        assert await Sentences(tx).withdraw(project_id, every) == frozenset()
        assert await Sentences(tx).find(project_id, "untouched") is None
        assert await Sentences(tx).get(project_id, handed.id) == handed
        assert await Queue(tx).waiting(project_id, "U0CARL") == waiting - 1
