"""Who works on which sentence."""

import asyncio

import pytest
from sqlalchemy import delete

from bot.db.database import Database, Store
from bot.db.tables.sentences import sentence
from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.errors import NotFound
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.steps import Steps
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate
from tests.support.opening import open_database


async def test_the_oldest_waiting_sentence_comes_first_and_is_the_current_one(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        one, _ = await add(tx, project_id, "one", "two")
        assert await Queue(tx).next(project_id, ANN) == one
        assert await Queue(tx).current(project_id, ANN) == one


async def test_nobody_has_a_current_sentence_before_taking_one(
    store: Store, project_id: int
) -> None:
    async with store.reading(HERE) as tx:
        assert await Queue(tx).current(project_id, ANN) is None


async def test_two_people_do_not_get_the_same_sentence(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        given = [await Queue(tx).next(project_id, person) for person in (ANN, BEN)]
    assert given == [one, two]


async def test_people_who_ask_at_once_all_get_different_sentences(
    url: str, store: Store, clock: Clock, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        sentences = await add(tx, project_id, *(f"text {i}" for i in range(8)))

    async def ask(here: Store, person: str) -> Sentence | None:
        async with here.writing(HERE) as tx:
            return await Queue(tx).next(project_id, person)

    async with open_database(url) as other:
        stores = (store, Store(other, clock))
        given = await asyncio.gather(*(ask(stores[i % 2], f"U{i}") for i in range(8)))
    assert sorted(sentence.id for sentence in given if sentence) == [s.id for s in sentences]


async def test_a_hand_lets_go_after_half_an_hour(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        clock.move(minutes=29)
        assert await Queue(tx).next(project_id, BEN) is None
        clock.move(minutes=2)
        assert await Queue(tx).next(project_id, BEN) == one


async def test_a_hand_that_works_does_not_let_go(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        clock.move(minutes=20)
        await annotate(tx, project_id, one, Span(0, 3, "A"), finished=False)
        clock.move(minutes=20)
        assert await Queue(tx).next(project_id, BEN) is None


async def test_the_current_sentence_comes_back_after_all_others(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "one", "two", "three")
        given = []
        for _ in range(7):
            sentence = await Queue(tx).next(project_id, ANN)
            assert sentence is not None
            given.append(sentence.text)
            clock.move(minutes=1)
    assert given == ["one", "two", "three", "one", "two", "three", "one"]


async def test_a_new_sentence_comes_before_those_seen_already(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "one", "two")
        await Queue(tx).next(project_id, ANN)
        await Queue(tx).next(project_id, ANN)
        [new] = await add(tx, project_id, "new")
        assert await Queue(tx).next(project_id, ANN) == new


async def test_where_no_other_waits_the_hand_stays_as_it_is(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        assert await Queue(tx).next(project_id, ANN) is None
        assert await Queue(tx).current(project_id, ANN) == one


@pytest.mark.parametrize("finisher", [ANN, BEN])
async def test_a_finished_sentence_never_comes_again(
    store: Store, project_id: int, finisher: str, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        await Queue(tx).next(project_id, ANN)
        await annotate(tx, project_id, one, person=finisher)
        clock.move(days=1)
        given = [await Queue(tx).next(project_id, ANN) for _ in range(2)]
    assert given == [two, None]


async def test_a_sentence_whose_finish_was_undone_comes_again(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        await Steps(tx).undo(project_id, step, request="undo")
        assert await Queue(tx).next(project_id, BEN) == one


async def test_a_skipped_sentence_leaves_the_hand_and_never_comes_to_that_person_again(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        await Queue(tx).skip(project_id, ANN, one.id)
        assert await Queue(tx).current(project_id, ANN) is None
        clock.move(days=1)
        assert await Queue(tx).next(project_id, ANN) is None
        assert await Queue(tx).next(project_id, BEN) == one


async def test_skipping_twice_is_skipping(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).skip(project_id, ANN, one.id)
        await Queue(tx).skip(project_id, ANN, one.id)
        await Queue(tx).unskip(project_id, ANN, one.id)
        assert await Queue(tx).next(project_id, ANN) == one


async def test_skipping_another_sentence_leaves_the_hand(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        await Queue(tx).take(project_id, ANN, one.id)
        await Queue(tx).skip(project_id, ANN, two.id)
        assert await Queue(tx).current(project_id, ANN) == one


async def test_a_person_with_several_cards_holds_the_sentence_of_each(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        await Queue(tx).take(project_id, ANN, one.id)
        await Queue(tx).take(project_id, ANN, two.id)
        assert await Queue(tx).current(project_id, ANN) == two
        assert await Queue(tx).next(project_id, BEN) is None


async def test_a_sentence_that_was_passed_over_is_free_for_everyone_and_comes_back_last(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        await Queue(tx).take(project_id, ANN, one.id)
        await Queue(tx).take(project_id, ANN, two.id)
        await Queue(tx).pass_over(project_id, ANN, one.id)
        assert await Queue(tx).next(project_id, BEN) == one


async def test_the_sentence_on_hand_is_shown_again_and_held_anew(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        clock.move(minutes=20)
        assert await Queue(tx).on_hand(project_id, ANN) == one
        clock.move(minutes=20)
        assert await Queue(tx).next(project_id, BEN) is None


@pytest.mark.parametrize("ends", ["finished", "skipped", "flagged", "somebody else's"])
async def test_a_sentence_that_is_answered_or_somebody_elses_is_on_hand_no_longer(
    store: Store, project_id: int, clock: Clock, ends: str
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        match ends:
            case "finished":
                await annotate(tx, project_id, one, person=BEN)
            case "skipped":
                await Queue(tx).skip(project_id, ANN, one.id)
            case "flagged":
                await Flags(tx).put(project_id, ANN, one.id)
            case _:
                clock.move(minutes=31)
                assert await Queue(tx).next(project_id, BEN) == one
        assert await Queue(tx).on_hand(project_id, ANN) is None


async def waiting(tx: Transaction, project_id: int) -> tuple[int, int]:
    return (
        await Queue(tx).waiting(project_id, ANN),
        await Queue(tx).waiting(project_id, BEN),
    )


async def test_what_waits_is_unfinished_by_anyone_and_not_skipped_by_this_person(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        one, two, three, _ = await add(tx, project_id, *"abcd")
        await annotate(tx, project_id, one)
        await Queue(tx).skip(project_id, ANN, two.id)
        await Queue(tx).take(project_id, BEN, three.id)
        assert await waiting(tx, project_id) == (2, 3)


async def test_the_number_that_waits_is_kept_through_second_finishers_undo_and_deletion(
    store: Store, project_id: int, database: Database
) -> None:
    numbers = []

    async def note(tx: Transaction) -> None:
        numbers.append(await Queue(tx).waiting(project_id, "U0CLEO"))

    async with store.writing(HERE) as tx:
        one, two, _ = await add(tx, project_id, *"abc")
        for person in (ANN, BEN):
            await annotate(tx, project_id, one, person=person)
            await note(tx)
        for person in (ANN, BEN):
            step = await Steps(tx).last_step(project_id, person)
            assert step is not None
            await Steps(tx).undo(project_id, step, request=f"undo {person}")
            await note(tx)
        await add(tx, project_id, "a")
        await note(tx)
    async with database.writing() as connection:
        await connection.execute(delete(sentence).where(sentence.c.id == two.id))
    async with store.reading(HERE) as tx:
        await note(tx)
    assert numbers == [2, 2, 2, 3, 3, 2]


async def test_a_skipped_sentence_somebody_finished_is_subtracted_once(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        one, _ = await add(tx, project_id, *"ab")
        await Queue(tx).skip(project_id, ANN, one.id)
        await annotate(tx, project_id, one, person=BEN)
        assert await waiting(tx, project_id) == (1, 1)


async def test_a_sentence_that_is_not_there_cannot_be_taken(store: Store, project_id: int) -> None:
    with pytest.raises(NotFound):
        async with store.writing(HERE) as tx:
            await Queue(tx).take(project_id, ANN, 999)
