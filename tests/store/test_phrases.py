"""Where phrases stand, as one person has annotated their sentences."""

from bot.domain import Annotation, Place
from bot.store.store import SqlStore
from ner_engine.annotation import Span
from tests.store.conftest import ANN, BEN, HERE, add, annotate

PAIN = Span(0, 4, "PAIN")


async def test_a_place_has_ones_own_annotation_and_the_number_of_others_who_finished(
    store: SqlStore, project_id: int
) -> None:
    async with store.writing(HERE) as work:
        one, two, _ = await add(work, project_id, "Pain here", "no PAIN", "nothing")
        await annotate(work, project_id, one, PAIN, finished=True)
        await annotate(work, project_id, one, finished=True, person=BEN)
        await annotate(work, project_id, two, finished=True, person=BEN)
        places = await work.phrases.places(project_id, ANN, "pain", limit=9)
    assert places == (
        Place(Annotation(one, ANN, (PAIN,), finished=True), finished_by_others=1),
        Place(Annotation(two, ANN), finished_by_others=1),
    )


async def test_places_go_on_after_the_last_one(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        one, two, three = await add(work, project_id, "pain 1", "pain 2", "pain 3")
        [first] = await work.phrases.places(project_id, ANN, "pain", limit=1)
        rest = await work.phrases.places(project_id, ANN, "pain", limit=9, after=one.id)
    assert first.annotation.sentence == one
    assert [place.annotation.sentence for place in rest] == [two, three]


async def test_places_of_ids_that_are_not_here_are_left_out(
    store: SqlStore, project_id: int
) -> None:
    async with store.writing(HERE) as work:
        [one] = await add(work, project_id, "one")
        places = await work.phrases.places_of(project_id, ANN, [one.id, one.id + 7])
    async with store.writing("T0THERE") as work:
        assert await work.phrases.places_of(project_id, ANN, [one.id]) == ()
    assert [place.annotation.sentence for place in places] == [one]


async def test_what_is_typed_is_no_pattern(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        [percent, _] = await add(work, project_id, "90% sure", "90 sure")
        found = await work.phrases.texts_with(project_id, ["0%"], limit=9)
        assert await work.phrases.texts_with(project_id, [], limit=9) == ()
    assert found == (percent,)


async def test_any_of_the_pieces_is_enough(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        one, two, _ = await add(work, project_id, "a fever", "Chest", "nothing")
        assert await work.phrases.texts_with(project_id, ["che", "ever"], limit=9) == (one, two)
