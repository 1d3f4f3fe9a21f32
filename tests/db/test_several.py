"""Several people on one sentence, where a project wants it."""

import asyncio
import random
from collections import Counter, defaultdict

import pytest

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.domain.steps import StepKind
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.steps import Steps
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate
from tests.support.opening import open_database

CLEO, DAN = "U0CLEO", "U0DAN"


async def want(tx: Transaction, project_id: int, number: int) -> None:
    after = ProjectSettings(annotations_per_sentence=number)
    await Projects(tx).change_settings(project_id, after, person=ANN)


async def test_two_people_get_the_same_sentence_and_a_third_the_next(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        one, two = await add(tx, project_id, "one", "two")
        given = [await Queue(tx).next(project_id, person) for person in (ANN, BEN, CLEO)]
    assert given == [one, one, two]


async def test_one_who_finished_keeps_no_place_for_themselves(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        await annotate(tx, project_id, one)
        # Ann still has it in hand, to undo; that is no second annotation.
        assert await Queue(tx).next(project_id, BEN) == one
        assert await Queue(tx).next(project_id, CLEO) is None


async def test_a_sentence_leaves_when_enough_people_have_finished_it(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one)
        assert await Queue(tx).next(project_id, ANN) is None
        await annotate(tx, project_id, one, person=BEN)
        clock.move(days=1)
        assert await Queue(tx).next(project_id, CLEO) is None


async def test_what_was_held_by_enough_people_comes_back_when_one_lets_go(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        await Queue(tx).next(project_id, BEN)
        assert await Queue(tx).next(project_id, CLEO) is None
        await Queue(tx).skip(project_id, BEN, one.id)
        assert await Queue(tx).next(project_id, CLEO) == one
        assert await Queue(tx).next(project_id, DAN) is None
        clock.move(minutes=31)
        assert await Queue(tx).next(project_id, DAN) == one


async def test_what_waits_for_a_person_is_what_they_can_still_finish(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        one, two, three, _ = await add(tx, project_id, *"abcd")
        await annotate(tx, project_id, one)
        await annotate(tx, project_id, two)
        await annotate(tx, project_id, two, person=BEN)
        await Queue(tx).skip(project_id, ANN, three.id)
        waiting = [await Queue(tx).waiting(project_id, person) for person in (ANN, BEN, CLEO)]
    assert waiting == [1, 3, 3]


@pytest.mark.parametrize(("number", "waiting"), [(1, 1), (2, 2), (3, 3)])
async def test_another_number_of_annotations_holds_for_what_is_there(
    store: Store, project_id: int, clock: Clock, number: int, waiting: int
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        twice, once, _ = await add(tx, project_id, "twice", "once", "new")
        await annotate(tx, project_id, twice)
        await annotate(tx, project_id, twice, person=BEN)
        await annotate(tx, project_id, once)
        for person in 2 * (ANN, BEN, CLEO):
            await Queue(tx).next(project_id, person)
        await want(tx, project_id, number)
        assert await Queue(tx).waiting(project_id, CLEO) == waiting
        # Ann finished two of them; they do not come again, and are not counted.
        assert await Queue(tx).waiting(project_id, ANN) == 1
        clock.move(hours=1)
        given = [await Queue(tx).next(project_id, DAN) for _ in range(4)]
    assert [found.text for found in given if found][:waiting] == ["twice", "once", "new"][-waiting:]


async def test_the_current_one_is_passed_over_when_more_are_wanted_than_before(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one)
        assert await Queue(tx).next(project_id, BEN) == one
        await want(tx, project_id, 1)
        await want(tx, project_id, 2)
        assert await Queue(tx).next(project_id, BEN) is None


async def test_a_finish_that_is_undone_lets_the_sentence_come_to_others_again(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        one, *_ = await add(tx, project_id, *"abc")
        for person in (ANN, BEN):
            await annotate(tx, project_id, one, person=person)
        for _ in range(4):
            await Queue(tx).next(project_id, CLEO)
        step = await Steps(tx).last_step(project_id, BEN)
        assert step is not None
        await Steps(tx).undo(project_id, step, request="undo")
        assert await Queue(tx).next(project_id, CLEO) == one
        assert await Queue(tx).waiting(project_id, ANN) == 2


async def test_as_many_as_are_wanted_get_a_sentence_when_all_ask_at_once(
    url: str, store: Store, clock: Clock, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        sentences = await add(tx, project_id, *(f"text {i}" for i in range(8)))

    async def ask(here: Store, person: str) -> Sentence | None:
        async with here.writing(HERE) as tx:
            return await Queue(tx).next(project_id, person)

    async with open_database(url) as other:
        stores = (store, Store(other, clock))
        given = await asyncio.gather(*(ask(stores[i % 2], f"U{i}") for i in range(16)))
    assert Counter(found.id for found in given if found) == {s.id: 2 for s in sentences}


async def test_three_people_finish_300_sentences_twice_each_and_no_one_the_same_one_twice(
    store: Store, project_id: int, clock: Clock
) -> None:
    """People as they are: they skip some, pass some over, undo, flag, go away with one in hand."""
    async with store.writing(HERE) as tx:
        await want(tx, project_id, 2)
        await add(tx, project_id, *(f"sentence {i}" for i in range(300)))
    chance = random.Random(5)
    finishers: dict[int, list[str]] = defaultdict(list)
    asleep: dict[str, int] = {}
    people = (ANN, BEN, CLEO)
    for turn in range(3_000):
        person = people[turn % 3]
        clock.move(seconds=20)
        if asleep.get(person, 0) > turn:
            continue
        async with store.writing(HERE) as tx:
            # What is last in one's hand comes by no other way than this.
            found = await Queue(tx).next(project_id, person) or await Queue(tx).on_hand(
                project_id, person
            )
            if found is None:
                if not any([await Queue(tx).waiting(project_id, each) for each in people]):
                    break
                continue
            assert person not in finishers[found.id]
            match chance.random():
                case draw if draw < 0.08:
                    continue  # passed over
                case draw if draw < 0.10:
                    asleep[person] = turn + 300
                case _:
                    await annotate(tx, project_id, found, Span(0, 8, "A"), person=person)
                    finishers[found.id].append(person)
        if chance.random() < 0.03 and finishers[found.id][-1:] == [person]:
            async with store.writing(HERE) as tx:
                step = await Steps(tx).last_step(project_id, person)
                assert step is not None
                assert step.kind is StepKind.FINISHED
                await Steps(tx).undo(project_id, step, request=f"undo {turn}")
                finishers[step.sentence_id].remove(person)
    assert {len(people) for people in finishers.values()} == {2}
    assert {len(set(people)) for people in finishers.values()} == {2}
    assert len(finishers) == 300
