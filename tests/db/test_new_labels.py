"""No word silently becomes a label, and a label goes with the step that made it."""

import re

import pytest

from bot.db.database import Store
from bot.db.records.sentences import Sentences
from bot.labelling.commands import Choose, NextSentence, Undo
from bot.labelling.parsing import read_label
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.values.bulk import MarkedTogether, UndoneEverywhere
from bot.labelling.values.cards import Card, Outcome, Question, QueueEmpty
from bot.labelling.views.cards import outcome_view
from bot.projects.repositories.labels import Labels
from tests.db.conftest import ANN, BEN, HERE
from tests.db.test_undo import Ann

SENTENCE = "A throbbing headache and a fever."


class Typist(Ann):
    """Somebody who types lines behind /label and presses what is asked."""

    async def types(self, line: str) -> Outcome:
        return await self.labelling.handle(self.caller(), read_label(line))

    async def chooses(self, question: Outcome, words: str) -> Outcome:
        assert isinstance(question, Question), question
        offered = [choice.words for choice in question.choices]
        choose = Choose(question.offer, offered.index(words))
        return await self.labelling.handle(self.caller(), choose)

    async def labels(self) -> list[str]:
        async with self.store.reading(HERE) as tx:
            return [label.name for label in await Labels(tx).all(self.project_id)]


@pytest.fixture
async def ann(store: Store, project_id: int) -> Typist:
    async with store.writing(HERE) as tx:
        tokens = tuple(match.span() for match in re.finditer(r"\w+|[^\w\s]", SENTENCE))
        await Sentences(tx).add(project_id, SENTENCE, tokens, person=ANN, source="C1")
        for name in ("DRUG", "SYMPTOM"):
            await Labels(tx).add(project_id, name, person=ANN)
    typist = Typist(store, project_id)
    await typist.does(NextSentence())
    return typist


def offered(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Question), outcome
    return [choice.words for choice in outcome.choices]


def green(outcome: Outcome) -> list[str]:
    """The words of the green buttons."""
    blocks = outcome_view(outcome).to_message()["blocks"]
    elements = [each for block in blocks for each in block.get("elements", ())]
    return [each["text"]["text"] for each in elements if each.get("style") == "primary"]


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("throbbing headache", ["DRUG", "SYMPTOM", "Leave it as it is"]),
        ("remove fever", ["DRUG", "SYMPTOM", "Leave it as it is"]),
        ("odd fever", ["DRUG", "SYMPTOM", "Create odd", "Leave it as it is"]),
        ("fever", ["DRUG", "SYMPTOM", "Leave it as it is"]),
        (
            "His back hurts at night.",
            ["It is a sentence: label it next", "Leave it as it is"],
        ),
    ],
)
async def test_a_word_that_is_no_label_is_asked_about(
    ann: Typist, line: str, choices: list[str]
) -> None:
    asked = await ann.types(line)
    assert (offered(asked), green(asked), await ann.labels()) == (choices, [], ["DRUG", "SYMPTOM"])


async def test_the_label_that_is_chosen_is_put_on_the_phrase(ann: Typist) -> None:
    card = await ann.chooses(await ann.types("throbbing headache"), "SYMPTOM")
    assert isinstance(card, Card)
    marked = [card.annotation.sentence.text[s.start : s.end] for s in card.annotation.spans]
    assert (marked, await ann.labels()) == (["throbbing headache"], ["DRUG", "SYMPTOM"])


async def test_a_line_may_be_a_sentence(ann: Typist) -> None:
    asked = await ann.types("His back hurts at night.")
    card = await ann.chooses(asked, "It is a sentence: label it next")
    assert isinstance(card, Card)
    assert card.annotation.sentence.text == "His back hurts at night."


async def test_remove_takes_a_label_off(ann: Typist) -> None:
    await ann.types("SYMPTOM fever")
    card = await ann.chooses(await ann.types("remove fever"), "Take the label off “fever”")
    assert isinstance(card, Card)
    assert card.annotation.spans == ()


@pytest.mark.parametrize("line", ["A {bad back=ache} again.", "A {bad back=ache} and {flu=ill}."])
async def test_a_new_label_in_small_letters_is_asked_about_in_braces(
    ann: Typist, line: str
) -> None:
    asked = await ann.types(line)
    assert (green(asked), await ann.labels()) == ([], ["DRUG", "SYMPTOM"])


async def test_a_known_label_in_small_letters_is_taken_in_braces(ann: Typist) -> None:
    assert isinstance(await ann.types("A {bad back=symptom} again."), Card)


@pytest.mark.parametrize(
    "line", ["SIGN fever", "fever SIGN", "A {bad back=SIGN} again.", "SIGN fever in: No fever."]
)
async def test_undo_of_the_step_that_made_a_label_takes_it_away(ann: Typist, line: str) -> None:
    await ann.types(line)
    assert "SIGN" in await ann.labels()
    card = await ann.types("undo")
    assert isinstance(card, Card | QueueEmpty)
    assert (card.gone_label, await ann.labels()) == ("SIGN", ["DRUG", "SYMPTOM"])


async def test_a_label_that_is_used_elsewhere_stays(ann: Typist) -> None:
    first = await ann.types("SIGN fever")
    await ann.types("SIGN cough in: A dry cough.")
    assert isinstance(first, Card)
    await ann.does(Undo(first.annotation.sentence.id))
    assert "SIGN" in await ann.labels()


async def test_a_label_that_was_added_by_itself_stays(ann: Typist) -> None:
    await ann.types("SYMPTOM fever")
    await ann.types("undo")
    assert await ann.labels() == ["DRUG", "SYMPTOM"]


async def test_a_label_that_went_is_there_again_when_an_undo_brings_back_what_carried_it(
    ann: Typist,
) -> None:
    first = await ann.types("SIGN fever")
    await ann.types("SIGN cough in: A dry cough.")
    asked = await ann.types("DRUG cough")
    await ann.chooses(asked, offered(asked)[0])
    assert isinstance(first, Card)
    await ann.does(Undo(first.annotation.sentence.id))
    assert "SIGN" not in await ann.labels()
    card = await ann.types("undo")
    assert isinstance(card, Card)
    assert [span.label for span in card.annotation.spans] == ["SIGN"]
    assert "SIGN" in await ann.labels()


async def test_a_sentence_that_somebody_else_flagged_stays_when_its_step_is_undone(
    ann: Typist,
) -> None:
    card = await ann.types("DRUG cough in: A dry cough.")
    assert isinstance(card, Card)
    here = card.annotation.sentence
    async with ann.store.writing(HERE) as tx:
        await Flags(tx).put(ann.project_id, BEN, here.id, note="why")
    await ann.types("undo")
    async with ann.store.reading(HERE) as tx:
        assert await Sentences(tx).get(ann.project_id, here.id) == here


async def test_several_lines_are_one_step(ann: Typist) -> None:
    done = await ann.types("He took {aspirin=DRUG}.\nShe had {nausea=SIGN}.")
    assert isinstance(done, MarkedTogether)
    assert (len(done.sentences), done.new_label) == (2, "SIGN")
    undone = await ann.types("undo")
    assert isinstance(undone, UndoneEverywhere)
    assert (undone.sentences, undone.gone_label) == (2, "SIGN")
    assert await ann.labels() == ["DRUG", "SYMPTOM"]


async def test_a_question_lists_every_mention_in_a_menu_where_they_are_many(ann: Typist) -> None:
    text = ", ".join(["nausea"] * 9)
    asked = await ann.types(f"SYMPTOM nausea in: {text}")
    blocks = outcome_view(asked).to_message()["blocks"]
    menu = next(e for b in blocks for e in b.get("elements", ()) if e["type"] == "static_select")
    assert len(menu["options"]) == 9


@pytest.mark.parametrize(
    "line",
    [
        "A {bad back=SIDE-EFFECT} and {flu=SIDE_EFFECT}.",
        "A {bad back=SIDE-EFFECT}.\nA {flu=SIDE_EFFECT}.",
    ],
)
async def test_a_new_label_has_one_spelling_however_often_it_is_written(
    ann: Typist, line: str
) -> None:
    await ann.types(line)
    async with ann.store.reading(HERE) as tx:
        gold = await Annotations(tx).gold(ann.project_id)
    spans = [span.label for each in gold for span in each.spans]
    assert (spans, await ann.labels()) == (
        ["SIDE-EFFECT", "SIDE-EFFECT"],
        ["DRUG", "SIDE-EFFECT", "SYMPTOM"],
    )


async def test_a_label_that_somebody_added_again_is_not_taken_back_a_second_time(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        labels = Labels(tx)
        await labels.add(project_id, "SIGN", person=ANN, request="Ev1")
        assert await labels.take_back(project_id, request="Ev1", person=ANN) == ("SIGN",)
        await labels.add(project_id, "SIGN", person=BEN)
        assert await labels.take_back(project_id, request="Ev1", person=ANN) == ()
        assert await labels.find(project_id, "SIGN") == "SIGN"
