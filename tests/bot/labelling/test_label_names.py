"""A label is one label in a project, however people write it."""

import pytest

from tests.bot.conftest import Team

SENTENCE = "Nausea, rash and pain."


async def test_a_label_is_shown_as_it_was_first_written(team: Team) -> None:
    await team.types('/nerbot labels add "side effect"')
    await team.types(f'/label "side effect" rash in: {SENTENCE}')
    answer = await team.types("/label SIDE_EFFECT pain")
    assert "rash side effect and pain side effect" in answer.text


async def test_words_of_a_known_label_are_not_taken_for_the_phrase(team: Team) -> None:
    await team.types("/nerbot labels add SIDE EFFECT")
    answer = await team.types(f"/label side effect rash in: {SENTENCE}")
    assert "“rash” is SIDE EFFECT" in answer.text


@pytest.mark.parametrize("written", ["side effect", "Side-Effect", '"SIDE_EFFECT"'])
async def test_a_known_label_in_braces_keeps_its_spelling(team: Team, written: str) -> None:
    await team.types("/nerbot labels add SIDE EFFECT")
    answer = await team.types(f"/label Nausea, {{rash={written}}} and pain.")
    assert "rash SIDE EFFECT and" in answer.text


async def test_a_label_that_differs_in_nothing_but_signs_is_there_already(team: Team) -> None:
    await team.types('/nerbot labels add "side effect"')
    answer = await team.types("/nerbot labels add SIDE-EFFECT")
    assert "side effect already exists" in answer.text


async def test_a_label_is_renamed_to_another_spelling_of_itself(team: Team) -> None:
    await team.types(f"/label SIDE_EFFECT rash in: {SENTENCE}")
    asked = await team.types("/nerbot labels rename SIDE_EFFECT to side effect")
    await team.presses(asked.message, "Rename")
    answer = await team.types("/label side-effect pain")
    assert "rash side effect and pain side effect" in answer.text


async def test_the_marks_of_slack_are_not_the_texts_in_commands(team: Team) -> None:
    answer = await team.types(
        "/label DRUG *aspirin* in: > She took _aspirin_ and snake_case at 2*3*4."
    )
    assert "She took aspirin DRUG and snake_case at 2*3*4." in answer.text
