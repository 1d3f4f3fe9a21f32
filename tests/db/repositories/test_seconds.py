"""Second opinions: on which finished sentences they are asked, of whom, and of how many."""

import pytest

from bot.db.database import Store
from bot.db.records.suspicions import Suspicions
from bot.db.transaction import Transaction
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.seconds import SecondOpinions
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from ner_engine.annotation import Span
from ner_engine.results import Suspicion
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate

CAT = "U0CAT"


async def finished_ten(tx: Transaction, project_id: int, *, share: float) -> list[int]:
    """Ten sentences that Ann has finished; the later ones are more probably wrong."""
    await Projects(tx).change_settings(project_id, ProjectSettings(second_share=share), person=ANN)
    sentences = await add(tx, project_id, *(f"text {number}" for number in range(10)))
    for sentence in sentences:
        await annotate(tx, project_id, sentence, Span(0, 4, "A"))
    ids = [sentence.id for sentence in sentences]
    found = [Suspicion(each, (number + 1) / 20, ()) for number, each in enumerate(ids)]
    await Suspicions(tx).replace(project_id, found)
    return ids


async def test_the_sentence_that_is_most_probably_wrong_comes_to_somebody_else_first(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        ids = await finished_ten(tx, project_id, share=0.3)
        found = await Queue(tx).next(project_id, BEN)
        assert found
        assert found.id == ids[-1]
        assert await Queue(tx).next(project_id, ANN) is None


async def test_a_second_opinion_on_a_card_is_nobody_elses_and_is_on_hand_again(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        ids = await finished_ten(tx, project_id, share=0.3)
        mine = await Queue(tx).next(project_id, BEN)
        theirs = await Queue(tx).next(project_id, CAT)
        assert mine
        assert theirs
        assert (mine.id, theirs.id) == (ids[-1], ids[-2])
        assert await Queue(tx).on_hand(project_id, BEN) == mine


async def test_no_more_than_the_share_of_the_sentences_is_asked_about_twice(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await finished_ten(tx, project_id, share=0.3)
        given = []
        while (found := await Queue(tx).next(project_id, BEN)) is not None:
            given.append(found.id)
            await annotate(tx, project_id, found, Span(0, 4, "A"), person=BEN)
        assert len(given) == 3
        assert await Suspicions(tx).doubly_annotated(project_id) == 3


async def test_second_opinions_take_turns_with_new_sentences(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        old = await finished_ten(tx, project_id, share=1.0)
        await add(tx, project_id, "new 1", "new 2", "new 3")
        kinds = []
        for _ in range(4):
            found = await Queue(tx).next(project_id, BEN)
            assert found
            kinds.append("second" if found.id in old else "new")
            await annotate(tx, project_id, found, Span(0, 4, "A"), person=BEN)
    assert kinds == ["second", "new", "second", "new"]


@pytest.mark.parametrize("share", [0.0, 0.05])
async def test_without_a_share_that_is_worth_one_sentence_nobody_is_asked(
    store: Store, project_id: int, share: float
) -> None:
    async with store.writing(HERE) as tx:
        await finished_ten(tx, project_id, share=share)
        assert await SecondOpinions(tx).next(project_id, BEN) is None


async def test_before_a_training_has_looked_for_errors_chance_decides(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        ids = await finished_ten(tx, project_id, share=0.5)
        await Suspicions(tx).replace(project_id, [])
        assert await SecondOpinions(tx).next(project_id, BEN) in ids


async def test_what_was_changed_since_the_training_is_suspected_no_longer(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        [one, two] = await add(tx, project_id, "one", "two")
        for sentence in (one, two):
            await annotate(tx, project_id, sentence, Span(0, 3, "A"))
        found = [Suspicion(one.id, 0.9, ()), Suspicion(two.id, 0.4, ()), Suspicion(99, 0.9, ())]
        clock.move(minutes=1)
        await Suspicions(tx).replace(project_id, found)
        assert await Suspicions(tx).left(project_id, {"A"}) == 2
        clock.move(minutes=1)
        await annotate(tx, project_id, one, person=BEN)
        shown = await Suspicions(tx).next(project_id)
        assert shown
        assert (shown.sentence, shown.people, shown.reading) == (two, (ANN,), ())
        assert await Suspicions(tx).next(project_id, after=two.id) is None
