"""Sentences that people say are broken or need talk."""

from sqlalchemy import select

from bot.db.database import Database, Store
from bot.db.tables.sentences import event
from bot.domain.flags import Flag
from bot.domain.steps import AnnotationState, StepKind
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.steps import Steps
from bot.team.repositories.history import History
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate


async def test_a_flagged_sentence_leaves_the_hand_and_comes_to_others_only(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Queue(tx).next(project_id, ANN)
        await Flags(tx).put(project_id, ANN, one.id)
        clock.move(days=1)
        assert await Queue(tx).current(project_id, ANN) is None
        assert await Queue(tx).waiting(project_id, ANN) == 0
        assert await Queue(tx).next(project_id, ANN) is None
        assert await Queue(tx).next(project_id, BEN) == one


async def test_flags_are_listed_with_their_notes_the_oldest_first(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        first = clock.now
        await Flags(tx).put(project_id, ANN, two.id, note="cut off")
        clock.move(minutes=1)
        await Flags(tx).put(project_id, BEN, one.id)
        flags = (Flag(two, ANN, "cut off", first), Flag(one, BEN, "", clock.now))
        assert await Flags(tx).all(project_id, limit=9) == flags
        assert await Flags(tx).all(project_id, limit=1) == flags[:1]


async def test_a_second_flag_replaces_the_note(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Flags(tx).put(project_id, ANN, one.id)
        await Flags(tx).put(project_id, ANN, one.id, note="two sentences")
        [flag] = await Flags(tx).all(project_id, limit=9)
    assert flag.note == "two sentences"


async def test_a_flag_taken_back_lets_the_sentence_come_again(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Flags(tx).put(project_id, ANN, one.id)
        await Flags(tx).remove(project_id, ANN, one.id)
        assert await Flags(tx).all(project_id, limit=9) == ()
        assert await Queue(tx).waiting(project_id, ANN) == 1
        assert await Queue(tx).next(project_id, ANN) == one


async def test_a_flag_is_a_step_that_keeps_its_note_and_can_be_undone(
    database: Database, store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        before = await Annotations(tx).of(one, ANN)
        step = await Annotations(tx).change(
            project_id, before, StepKind.FLAGGED, AnnotationState(), request="r", note="cut off"
        )
        assert await Steps(tx).last_step(project_id, ANN) == step
        await Steps(tx).undo(project_id, step, request="undo")
        assert await Steps(tx).last_step(project_id, ANN) is None
    async with database.reading() as connection:
        wanted = select(event.c.detail).where(event.c.kind == StepKind.FLAGGED.value)
        assert await connection.scalar(wanted) == {"note": "cut off"}


async def test_a_settled_flag_leaves_the_list_and_the_sentence_stays_away_from_who_flagged_it(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Flags(tx).put(project_id, ANN, one.id)
        assert await Flags(tx).settle(project_id, one.id, person=BEN)
        assert not await Flags(tx).settle(project_id, one.id, person=BEN)
        assert await Flags(tx).all(project_id, limit=9) == ()
        assert await Queue(tx).next(project_id, ANN) is None
        # Also where it has left the queue in between.
        await annotate(tx, project_id, one, person=BEN)
        await annotate(tx, project_id, one, person=BEN, finished=False)
        assert await Queue(tx).next(project_id, ANN) is None
        assert await Queue(tx).waiting(project_id, ANN) == 0


async def test_a_reason_is_given_later_as_long_as_the_flag_stands(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Flags(tx).put(project_id, ANN, one.id)
        assert await Flags(tx).say_why(project_id, ANN, one.id, "cut off")
        assert not await Flags(tx).say_why(project_id, BEN, one.id, "not mine")
        [flag] = await Flags(tx).all(project_id, limit=9)
        assert flag.note == "cut off"
        await Flags(tx).remove(project_id, ANN, one.id)
        assert not await Flags(tx).say_why(project_id, ANN, one.id, "too late")


async def test_sentences_are_counted_not_flags(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        for person, sentence in ((ANN, one), (BEN, one), (ANN, two)):
            await Flags(tx).put(project_id, person, sentence.id)
        assert await Flags(tx).count(project_id) == 2


async def test_settled_flags_are_put_back_as_they_were(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await Flags(tx).put(project_id, ANN, one.id, note="cut off")
        await Flags(tx).settle(project_id, one.id, person=BEN)
        [settled] = await History(tx).page(project_id, limit=1)
        await Flags(tx).reopen(project_id, settled, person=BEN)
        [flag] = await Flags(tx).all(project_id, limit=9)
        assert (flag.person, flag.note) == (ANN, "cut off")
        again = await History(tx).get(project_id, settled.id)
        assert again is not None
        assert again.undone
        await Flags(tx).remove(project_id, ANN, one.id)
        assert await Queue(tx).next(project_id, ANN) == one
