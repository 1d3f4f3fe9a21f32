"""What people do with /label, typed and pressed, from the request to what they read."""

from typing import get_args

import pytest

from bot.labelling.commands import LabelCommand
from bot.labelling.service import CARRIED_OUT_BY
from bot.labelling.values.cards import Outcome
from bot.labelling.views.cards import SHOWN_BY
from tests.bot.conftest import SAMPLES, Team

SENTENCE = "A patient with chest pain."


async def test_a_phrase_is_labelled_in_a_sentence_that_is_new(team: Team) -> None:
    """`/label LABEL phrase in: sentence` stores the sentence and the label and says so."""
    answer = await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    assert "Saved. “chest pain” is SYMPTOM." in answer.text
    assert "A patient with chest pain SYMPTOM." in answer.text
    assert "New label: SYMPTOM." in answer.text


async def test_a_label_reply_offers_finished_undo_and_next(team: Team) -> None:
    """Every label reply ends with the three steps that can follow."""
    answer = await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    assert answer.message
    assert answer.message.buttons == ["Finished", "Edit", "Undo", "Next", "Delete"]


async def test_a_label_reply_names_the_sentence(team: Team) -> None:
    """The sentence's id is in the reply, so that people can speak about it."""
    assert "#1 ·" in (await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")).text


async def test_the_answer_is_for_the_person_alone(team: Team) -> None:
    """Labelling is ephemeral: the channel is not flooded."""
    answer = await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    assert answer.message
    assert answer.message.only_for is not None


async def test_a_second_phrase_goes_into_the_current_sentence(team: Team) -> None:
    """`/label LABEL phrase` needs no sentence once there is a current one."""
    await team.types("/label SYMPTOM chest pain in: A patient with chest pain takes aspirin.")
    answer = await team.types("/label DRUG aspirin")
    assert "A patient with chest pain SYMPTOM takes aspirin DRUG." in answer.text


async def test_a_whole_sentence_in_braces_is_finished_at_once(team: Team) -> None:
    """Inline braces label all entities and finish the sentence."""
    answer = await team.types("/label A patient with {chest pain=SYMPTOM} had {gout=DISEASE}.")
    assert "A patient with chest pain SYMPTOM had gout DISEASE." in answer.text
    assert "finished ✓" in answer.text


async def test_none_finishes_a_sentence_without_entities(team_with_samples: Team) -> None:
    """`/label none` is a finished annotation with no span."""
    await team_with_samples.types("/label")
    answer = await team_with_samples.types("/label none")
    assert "Saved: no entities here." in answer.text
    assert "finished ✓" in answer.text


async def test_none_in_adds_a_sentence_without_entities(team: Team) -> None:
    """`/label none in: …` is the whole-sentence form of a sentence with nothing in it."""
    answer = await team.types("/label none in: No complaints today.")
    assert "no entities here" in answer.text
    assert "No complaints today." in answer.text


async def test_none_refuses_where_phrases_are_labelled(team: Team) -> None:
    """Labels are not thrown away by a word: the reply says how to undo them."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    answer = await team.types("/label none")
    assert "has labelled phrases" in answer.text
    assert "/label undo" in answer.text


async def test_done_finishes_the_current_sentence(team: Team) -> None:
    """`/label done` is [Finished], typed."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    assert "finished ✓" in (await team.types("/label done")).text


async def test_done_asks_for_none_where_nothing_is_labelled(team_with_samples: Team) -> None:
    """A sentence is not finished empty by mistake."""
    await team_with_samples.types("/label")
    assert "/label none" in (await team_with_samples.types("/label done")).text


async def test_skip_brings_another_sentence(team_with_samples: Team) -> None:
    """A skipped sentence goes and the next one comes."""
    first = await team_with_samples.types("/label")
    second = await team_with_samples.types("/label skip")
    shown = [text for text in SAMPLES if text in first.text]
    assert "Skipped #" in second.text
    assert shown[0] not in second.text


async def test_undo_takes_back_one_step_after_the_other(team: Team) -> None:
    """Undo goes back through finished, then the label, then says there is nothing left."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    await team.types("/label done")
    assert "not finished" in (await team.types("/label undo")).text
    assert "Sentence #1 was added by that step" in (await team.types("/label undo")).text
    assert "no step of yours left" in (await team.types("/label undo")).text


async def test_undo_of_a_skip_brings_the_sentence_back(team_with_samples: Team) -> None:
    """A skip is a step like any other."""
    first = await team_with_samples.types("/label")
    await team_with_samples.types("/label skip")
    back = await team_with_samples.types("/label undo")
    assert [text for text in SAMPLES if text in back.text] == [
        text for text in SAMPLES if text in first.text
    ]


async def test_plain_label_brings_a_sentence(team_with_samples: Team) -> None:
    """`/label` is the next sentence of the queue, with buttons."""
    answer = await team_with_samples.types("/label")
    assert any(text in answer.text for text in SAMPLES)
    assert answer.message
    assert answer.message.buttons == ["Edit", "No entities", "Skip", "Flag", "Next"]


async def test_two_people_get_different_sentences(team_with_samples: Team) -> None:
    """A sentence that is assigned to one person does not come to another."""
    ada = await team_with_samples.types("/label", person="ada")
    grace = await team_with_samples.types("/label", person="grace")
    assert [t for t in SAMPLES if t in ada.text] != [t for t in SAMPLES if t in grace.text]


async def test_an_empty_queue_says_how_to_go_on(team: Team) -> None:
    """There is always a next step."""
    answer = await team.types("/label")
    assert "You have no sentence to label" in answer.text
    assert "To add more" in answer.text


async def test_several_mentions_are_asked_about(team: Team) -> None:
    """A phrase that occurs twice is never labelled once by accident: all is the first choice."""
    answer = await team.types("/label SYMPTOM fever in: Fever at noon, no fever at night.")
    assert answer.message
    assert answer.message.buttons[0] == "All 2"
    after = await team.presses(answer.message, "All 2")
    assert "Fever SYMPTOM at noon, no fever SYMPTOM at night." in after.shown


async def test_a_phrase_that_cuts_a_word_is_asked_about(team: Team) -> None:
    """Nothing is stored misaligned: the reply shows what the phrase would become."""
    answer = await team.types("/label SYMPTOM head in: He has a headache.")
    assert "headache SYMPTOM" in answer.text
    assert "Nothing is changed until you choose." in answer.text


async def test_an_overlap_is_asked_about(team: Team) -> None:
    """A phrase across a labelled one is replaced or kept, as the person says."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    answer = await team.types("/label PLACE chest")
    assert answer.message
    assert answer.message.buttons == ["Replace SYMPTOM “chest pain”", "Keep SYMPTOM “chest pain”"]
    after = await team.presses(answer.message, "Replace SYMPTOM “chest pain”")
    assert "chest PLACE pain." in after.shown


async def test_keeping_changes_nothing(team: Team) -> None:
    """The second choice of an overlap leaves the sentence as it is."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    answer = await team.types("/label PLACE chest")
    after = await team.presses(answer.message, "Keep SYMPTOM “chest pain”")
    assert "A patient with chest pain SYMPTOM." in after.shown


async def test_the_same_span_again_is_already_labelled(team: Team) -> None:
    """Labelling twice is no error and no second label."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    assert "Already labelled" in (await team.types("/label SYMPTOM chest pain")).text


async def test_a_slip_in_a_phrase_offers_the_closest_words(team: Team) -> None:
    """A phrase that is not there is not the end."""
    await team.types("/label DRUG aspirin in: He takes aspirin for chest pain.")
    answer = await team.types("/label SYMPTOM chest pian")
    after = await team.presses(answer.message, "“chest pain”")
    assert "chest pain SYMPTOM" in after.shown


async def test_a_slip_in_a_label_is_asked_about(team: Team) -> None:
    """`SYMPTON` does not become a second label by accident."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    answer = await team.types("/label SYMPTON cough in: A dry cough.")
    assert answer.message
    assert answer.message.buttons[:2] == ["Use SYMPTOM", "Create SYMPTON"]
    assert "cough SYMPTOM" in (await team.presses(answer.message, "Use SYMPTOM")).shown


async def test_a_phrase_in_another_sentence_offers_that_sentence(team: Team) -> None:
    """Where the current sentence lacks the phrase, the project's sentences are shown."""
    await team.types("/label SYMPTOM cough in: A dry cough.")
    await team.types("/label DRUG aspirin in: He takes aspirin.")
    answer = await team.types("/label SYMPTOM dry cough")
    assert answer.message
    assert "A dry cough SYMPTOM." in answer.text
    assert answer.message.buttons == ["Label it in #1", "Leave it as it is"]


async def test_a_button_finishes_the_sentence_in_its_message(team: Team) -> None:
    """[Finished] turns the message into the finished sentence."""
    answer = await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    after = await team.presses(answer.message, "Finished")
    assert "finished ✓" in after.shown
    assert after.buttons == ["Next", "Undo", "Edit", "Delete"]


async def test_a_question_answered_twice_labels_once(team: Team) -> None:
    """A second press of a stale button says that it is done, and changes nothing."""
    answer = await team.types("/label SYMPTOM fever in: Fever at noon, no fever at night.")
    assert answer.message
    await team.presses(answer.message, "All 2")
    await team.slack.click("ada", answer.message, "All 2")
    await team.slack.until(lambda: "Already labelled" in team.reads("ada"))
    assert "Fever SYMPTOM at noon, no fever SYMPTOM at night." in team.reads("ada")


async def test_a_repeated_request_changes_nothing_and_gets_the_same_answer(team: Team) -> None:
    """Slack delivers at least once; a label is stored once."""
    answer = await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    again = await team.slack.deliver_again(answer)
    assert again.text == answer.text
    assert "Sentence #1 was added by that step" in (await team.types("/label undo")).text
    assert "no step of yours left" in (await team.types("/label undo")).text


async def test_what_is_typed_is_stored_as_the_person_saw_it(team: Team) -> None:
    """Slack's escapes are decoded once: the sentence is what was on the screen."""
    answer = await team.types("/label DRUG aspirin in: Tom & Jerry <b> took aspirin &amp; left.")
    assert answer.message
    assert "Tom & Jerry <b> took aspirin DRUG &amp; left." in answer.message.shown


async def test_what_is_typed_is_inert_on_the_way_out(team: Team) -> None:
    """No text of a person can call a channel or draw formatting."""
    answer = await team.types("/label X foo in: <!channel> *foo* <https://evil.example|click>")
    assert "<!" not in str(answer.message and answer.message.text)


async def test_help_shows_usage(team: Team) -> None:
    """`help` answers with every form."""
    assert "/label SYMPTOM chest pain in:" in (await team.types("/label help")).text


async def test_what_is_not_understood_is_one_line_with_a_form_that_works(team: Team) -> None:
    """No dead end: the reason, what works, and [Help] for the rest."""
    answer = await team.types("/label {=}")
    assert "Try /label SYMPTOM chest pain" in answer.text
    assert "/label skip" not in answer.text
    assert answer.message
    assert answer.message.buttons == ["Help"]


async def test_a_text_that_is_too_long_is_refused_in_words(team: Team) -> None:
    """2,000 characters are the limit, and it is said."""
    answer = await team.types("/label X word in: " + "word " * 500)
    assert "up to 2,000" in answer.text


def test_every_command_has_a_function_and_every_outcome_a_view() -> None:
    assert set(CARRIED_OUT_BY) == set(get_args(LabelCommand))
    assert set(SHOWN_BY) == set(get_args(Outcome))


# --- what is on hand ---------------------------------------------------------------------------------------------


async def test_label_again_shows_the_sentence_on_hand_and_next_goes_on(
    team_with_samples: Team,
) -> None:
    """Whoever reloads, or lost the card among other messages, gets the same sentence."""
    first = (await team_with_samples.types("/label")).text
    assert (await team_with_samples.types("/label")).text == first
    other = (await team_with_samples.types("/label next")).text
    assert SAMPLES[0] in first
    assert SAMPLES[1] in other


async def test_no_card_on_a_screen_is_given_to_a_colleague(team_with_samples: Team) -> None:
    await team_with_samples.types("/label")
    await team_with_samples.types("/label next")
    assert SAMPLES[2] in (await team_with_samples.types("/label", person="grace")).text


async def test_a_card_that_is_passed_over_by_its_button_is_free(team_with_samples: Team) -> None:
    shown = (await team_with_samples.types("/label")).message
    await team_with_samples.presses(shown, "Next")
    assert SAMPLES[0] in (await team_with_samples.types("/label", person="grace")).text


# --- nothing is changed until you choose -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "/label SYMPTOM pain in: A patient with pain, more pain.",
        "/label SYMPTOM chest in: A patient with chestpain.",
        "/label SYMPTOM chest paim in: A patient with chest pain.",
        "/label A patient with {chest=SYMPTOM}pain.",
    ],
)
@pytest.mark.parametrize("leaves", [True, False])
async def test_a_question_that_is_not_answered_leaves_no_sentence_in_the_queue(
    team: Team, typed: str, leaves: bool
) -> None:
    asked = (await team.types(typed)).message
    assert asked is not None
    assert "Nothing is changed until you choose." in asked.shown
    if leaves:
        await team.presses(asked, asked.buttons[-1])
    assert "You have no sentence to label." in (await team.types("/label", person="grace")).text


async def test_the_answer_to_a_question_stores_the_sentence_it_was_about(team: Team) -> None:
    asked = (await team.types("/label SYMPTOM pain in: A patient with pain, more pain.")).message
    after = await team.presses(asked, "All 2")
    assert "“pain” is SYMPTOM (2 times)" in after.shown
    assert "The sentence is new here." in after.shown


async def test_the_sentence_of_a_step_that_is_undone_leaves_the_queue_with_it(team: Team) -> None:
    """The record has it: whoever wants it back takes the deletion back."""
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    assert "gone with it" in (await team.types("/label undo")).text
    assert "You have no sentence to label." in (await team.types("/label", person="grace")).text
    history = (await team.types("/nerbot history")).message
    assert history is not None
    assert "deleted sentence #1" in history.shown


async def test_a_sentence_that_was_there_before_the_step_stays(team_with_samples: Team) -> None:
    await team_with_samples.types("/label")
    await team_with_samples.types("/label none")
    await team_with_samples.types("/label undo")
    assert SAMPLES[0] in (await team_with_samples.types("/label")).text


async def test_a_sentence_somebody_else_labelled_too_stays(team: Team) -> None:
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}")
    await team.types(f"/label SYMPTOM chest pain in: {SENTENCE}", person="grace")
    assert "Label removed" in (await team.types("/label undo")).text
