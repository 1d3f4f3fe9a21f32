"""Sentences that a training may learn from without anybody's labels."""

from bot.db.database import Store
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.unlabelled import Unlabelled
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, add, annotate

TEXTS = tuple(f"Sentence {number}." for number in range(20))


async def test_none_that_somebody_finished_labelled_or_flagged_is_among_them(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        one, two, three, *_ = await add(tx, project_id, *TEXTS)
        await annotate(tx, project_id, one)
        await annotate(tx, project_id, two, Span(0, 8, "A"), finished=False)
        await Flags(tx).put(project_id, BEN, three.id)
        found = await Unlabelled(tx).chosen(project_id, seed=0, limit=99)
    assert sorted(found) == sorted(TEXTS[3:])


async def test_a_sentence_whose_labels_were_taken_off_is(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, Span(0, 3, "A"), finished=False)
        await annotate(tx, project_id, one, finished=False)
        assert await Unlabelled(tx).chosen(project_id, seed=0, limit=9) == ("one",)


async def test_a_seed_chooses_always_the_same_and_another_one_others(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, *TEXTS)
        chosen = [await Unlabelled(tx).chosen(project_id, seed=n, limit=5) for n in (0, 0, 1, 2)]
    assert chosen[0] == chosen[1]
    assert len({frozenset(some) for some in chosen}) > 1
    assert all(len(set(some)) == 5 for some in chosen)


async def test_what_is_taken_away_leaves_the_choice_of_one_that_never_had_it(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        added = await add(tx, project_id, *TEXTS)
        first, *others = await Unlabelled(tx).chosen(project_id, seed=0, limit=5)
        gone = next(sentence for sentence in added if sentence.text == first)
        await annotate(tx, project_id, gone)
        after = await Unlabelled(tx).chosen(project_id, seed=0, limit=5)
    assert list(after[:4]) == others


async def test_no_sentence_of_another_project_is_among_them(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        other = await Projects(tx).add("other", person=ANN)
        assert other is not None
        await add(tx, other.id, "theirs")
        await add(tx, project_id, "ours")
        assert await Unlabelled(tx).chosen(project_id, seed=0, limit=9) == ("ours",)
