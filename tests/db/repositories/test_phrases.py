"""Where phrases stand, as one person has annotated their sentences."""

import pytest

from bot.db.database import Store
from bot.domain.project import Annotation
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.values.bulk import Place
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, add, annotate

PAIN = Span(0, 4, "PAIN")


async def test_a_place_has_ones_own_annotation_and_the_number_of_others_who_finished(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        one, two, _ = await add(tx, project_id, "Pain here", "no PAIN", "nothing")
        await annotate(tx, project_id, one, PAIN, finished=True)
        await annotate(tx, project_id, one, finished=True, person=BEN)
        await annotate(tx, project_id, two, finished=True, person=BEN)
        places = await Phrases(tx).places(project_id, ANN, "pain", limit=9)
    assert places == (
        Place(Annotation(one, ANN, (PAIN,), finished=True), finished_by_others=1),
        Place(Annotation(two, ANN), finished_by_others=1),
    )


async def test_places_go_on_after_the_last_one(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two, three = await add(tx, project_id, "pain 1", "pain 2", "pain 3")
        [first] = await Phrases(tx).places(project_id, ANN, "pain", limit=1)
        rest = await Phrases(tx).places(project_id, ANN, "pain", limit=9, after=one.id)
    assert first.annotation.sentence == one
    assert [place.annotation.sentence for place in rest] == [two, three]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("CHEST PAIN", "Some chest pain."),
        ("don't", "They don’t know."),
        ("t-wave", "A T–wave."),
        ("100%", "It is 100% sure."),
        ("a_b", "The a_b gene."),
        ("\\n", "A \\n in it."),
        ("öl", "Das ÖL."),
    ],
)
async def test_a_phrase_is_found_as_people_type_it_and_signs_mean_themselves(
    store: Store, project_id: int, phrase: str, found: str
) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "Some chest pain.", "They don’t know.", "A T–wave.")
        await add(tx, project_id, "It is 100% sure.", "It is 1000 sure.", "The a_b gene.")
        await add(tx, project_id, "The aXb gene.", "A \\n in it.", "A n in it.", "Das ÖL.")
        places = await Phrases(tx).places(project_id, ANN, phrase, limit=10)
    assert [place.annotation.sentence.text for place in places] == [found]


async def test_places_of_ids_that_are_not_here_are_left_out(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        places = await Phrases(tx).places_of(project_id, ANN, [one.id, one.id + 7])
    async with store.writing("T0THERE") as tx:
        assert await Phrases(tx).places_of(project_id, ANN, [one.id]) == ()
    assert [place.annotation.sentence for place in places] == [one]


async def test_what_is_typed_is_no_pattern(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [percent, _] = await add(tx, project_id, "90% sure", "90 sure")
        found = await Phrases(tx).texts_with(project_id, ["0%"], limit=9)
        assert await Phrases(tx).texts_with(project_id, [], limit=9) == ()
    assert found == (percent,)


async def test_any_of_the_pieces_is_enough(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two, _ = await add(tx, project_id, "a fever", "Chest", "nothing")
        assert await Phrases(tx).texts_with(project_id, ["che", "ever"], limit=9) == (one, two)
