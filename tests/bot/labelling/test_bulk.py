"""One phrase across the project: looked for, shown, labelled as one step, undone as one."""

import pytest

from tests.bot.conftest import Team
from tests.bot.labelling.test_shortcuts import label, say

PAINS = (
    "Chest pain at night.",
    "No chest pain today.",
    "He has chest pain, then chest pain again.",
)


async def add(team: Team, *texts: str, person: str = "grace") -> None:
    """Sentences that somebody else has brought, with nothing labelled in them."""
    for text in texts:
        await label(team, say(team, text), person=person)


async def label_all(team: Team, *, person: str = "ada") -> str:
    answer = await team.types("/label SYMPTOM chest pain everywhere", person=person)
    return (await team.presses(answer.message, "Label all 3", person=person)).shown


async def test_everywhere_shows_each_sentence_as_it_would_stand(team: Team) -> None:
    """Every mention in every sentence is marked before anything is stored."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    assert "“chest pain” is in 3 sentences. Label it SYMPTOM in all of them?" in answer.text
    assert "Nothing is changed until you choose." in answer.text
    assert "Chest pain SYMPTOM at night." in answer.text
    assert "He has chest pain SYMPTOM, then chest pain SYMPTOM again." in answer.text


async def test_a_phrase_that_is_not_in_the_current_sentence_is_looked_for_in_the_project(
    team: Team,
) -> None:
    """Without the word `everywhere` the current sentence comes first, then all others."""
    await add(team, *PAINS)
    await team.types("/label DRUG aspirin in: He takes aspirin.")
    answer = await team.types("/label SYMPTOM chest pain")
    assert answer.message
    assert answer.message.buttons == [
        "Label all 3", "Leave it as it is", "Only #1", "Only #2", "Only #3",
        "Leave out #1", "Leave out #2", "Leave out #3",
    ]  # fmt: skip


async def test_all_are_labelled_in_one_step(team: Team) -> None:
    """One press labels every mention in all of them, and says how many wait for "finished"."""
    await add(team, *PAINS)
    shown = await label_all(team)
    assert "Saved. “chest pain” is SYMPTOM in 3 sentences (4 times). New label: SYMPTOM." in shown
    assert "3 of them are not finished" in shown


async def test_undo_takes_the_whole_step_back(team: Team) -> None:
    """`/label undo` after it is one undo, not three."""
    await add(team, *PAINS)
    await label_all(team)
    assert "Undone. 3 sentences stand as before." in (await team.types("/label undo")).text
    assert "no step of yours left" in (await team.types("/label undo")).text


async def test_the_button_takes_the_whole_step_back(team: Team) -> None:
    """[Undo] under the step, even where other steps came after it."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    done = await team.presses(answer.message, "Label all 3")
    await team.types("/label DRUG aspirin in: He takes aspirin.")
    assert "3 sentences stand as before" in (await team.presses(done, "Undo")).shown


async def test_a_second_press_of_undo_says_that_it_is_done(team: Team) -> None:
    """A stale button changes nothing."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    done = await team.presses(answer.message, "Label all 3")
    await team.presses(done, "Undo")
    await team.slack.click("ada", done, "Undo")
    await team.slack.until(lambda: "has already been undone" in team.reads("ada"))


async def test_undo_leaves_what_was_changed_since(team: Team) -> None:
    """Later work is not thrown away by an older undo: it is named and stays."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    done = await team.presses(answer.message, "Label all 3")
    again = await team.types(f"/label TIME night in: {PAINS[0]}")
    assert "Chest pain SYMPTOM at night TIME." in again.text
    after = await team.presses(done, "Undo")
    assert "2 sentences stand as before. You have changed #1 since" in after.shown


async def test_undo_in_one_sentence_leaves_the_others(team: Team) -> None:
    """A card's [Undo] is about its own sentence; the rest of the step can still be undone."""
    await add(team, *PAINS)
    await label_all(team)
    card = await team.types(f"/label SYMPTOM chest pain in: {PAINS[0]}")
    assert "Already labelled" in card.text
    await team.presses(card.message, "Undo")
    assert "Undone. 2 sentences stand as before." in (await team.types("/label undo")).text


async def test_one_of_the_sentences_can_be_chosen(team: Team) -> None:
    """[Only #2] is a label in one sentence, with its card."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    after = await team.presses(answer.message, "Only #2")
    assert "No chest pain SYMPTOM today." in after.shown
    assert {"Finished", "Undo"} <= set(after.buttons)


async def test_leaving_changes_nothing(team: Team) -> None:
    """The preview stores nothing by itself."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    await team.presses(answer.message, "Leave it as it is")
    assert "no step of yours left" in (await team.types("/label undo")).text


async def test_what_is_labelled_otherwise_is_left_out_unless_chosen(team: Team) -> None:
    """A label in the way is said apart; replacing it is a choice of its own."""
    await add(team, *PAINS)
    await team.types(f"/label PLACE chest in: {PAINS[1]}")
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    assert "2 to label · 1 labelled otherwise (left out)." in answer.text
    assert "left out: it would replace PLACE “chest”" in answer.text
    wider = await team.presses(answer.message, "Replace other labels (1)")
    assert "replaces PLACE “chest”" in wider.shown
    assert "in 3 sentences" in (await team.presses(wider, "Label all 3")).shown


async def test_what_others_finished_is_left_out_unless_chosen(team: Team) -> None:
    """Annotations are one's own: a second, unfinished one beside a finished one would count for nothing."""
    await add(team, *PAINS[:2])
    await team.types(f"/label none in: {PAINS[2]}", person="grace")
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    assert "2 to label · 1 finished by others (left out)." in answer.text
    assert answer.message
    assert answer.message.buttons[:3] == [
        "Label all 2", "Also where others finished (1)", "Leave it as it is",
    ]  # fmt: skip
    wider = await team.presses(answer.message, "Also where others finished (1)")
    assert "yours is kept beside theirs" in wider.shown
    assert "Label all 3" in wider.buttons


async def test_somebody_elses_labels_are_not_touched(team: Team) -> None:
    """Ada's step is hers: Grace's card stands as she left it."""
    await add(team, *PAINS)
    await team.types(f"/label PLACE chest in: {PAINS[0]}", person="grace")
    await label_all(team)
    card = await team.types(f"/label PLACE chest in: {PAINS[0]}", person="grace")
    assert "Chest PLACE pain at night." in card.text


async def test_what_is_labelled_already_is_said_apart(team: Team) -> None:
    """Only what is still to be done is shown."""
    await add(team, *PAINS)
    await team.types(f"/label SYMPTOM chest pain in: {PAINS[0]}")
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    assert "2 to label · 1 labelled already." in answer.text


async def test_a_finished_sentence_of_ones_own_stays_finished(team: Team) -> None:
    """The label is added to it, and it says so."""
    await add(team, *PAINS[:2])
    await team.types(f"/label none in: {PAINS[2]}")
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    assert "finished by you; stays finished" in answer.text
    assert "2 of them are not finished" in (await team.presses(answer.message, "Label all 3")).shown


async def test_part_of_a_longer_word_is_left_out(team: Team) -> None:
    """`ache` is not labelled in `headache` by the dozen."""
    await add(team, "The ache is bad.", "An ache in the back.", "He has a headache.")
    answer = await team.types("/label SYMPTOM ache everywhere")
    assert "2 to label · 1 where it is part of a longer word (left out)." in answer.text


async def test_many_sentences_come_in_pages(team: Team) -> None:
    """Five at a time; "all" is still all of them."""
    await add(team, *(f"Chest pain on day {number}." for number in range(1, 13)))
    first = await team.types("/label SYMPTOM chest pain everywhere")
    assert "Page 1 of 3" in first.text
    second = await team.presses(first.message, "More ▶")
    assert second.buttons[:2] == ["Label all 12", "Leave it as it is"]
    assert {"◀ Back", "More ▶"} <= set(second.buttons)
    assert "on day 6." in second.shown
    assert "in 12 sentences" in (await team.presses(second, "Label all 12")).shown


async def test_only_what_was_shown_is_labelled(team: Team) -> None:
    """A sentence that comes in between the preview and the press is not labelled unseen."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    await add(team, "New chest pain.")
    assert "in 3 sentences" in (await team.presses(answer.message, "Label all 3")).shown


async def test_what_changed_since_the_preview_is_passed_over(team: Team) -> None:
    """A label made in between is not replaced unasked."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    await team.types(f"/label PLACE chest in: {PAINS[0]}")
    after = await team.presses(answer.message, "Label all 3")
    assert "in 2 sentences" in after.shown
    assert "1 sentence was changed meanwhile" in after.shown


async def test_a_repeated_press_labels_once(team: Team) -> None:
    """Slack delivers at least once."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM chest pain everywhere")
    assert answer.message
    pressed = await team.slack.click("ada", answer.message, "Label all 3")
    await team.slack.until(lambda: "Saved" in team.reads())
    await team.slack.deliver_again(pressed)
    assert "3 sentences stand as before" in (await team.types("/label undo")).text


async def test_a_slip_in_the_label_is_asked_about_first(team: Team) -> None:
    """`SYMPTON` is not spread over a project by accident."""
    await add(team, *PAINS)
    await team.types("/label SYMPTOM fever in: High fever.")
    answer = await team.types("/label SYMPTON chest pain everywhere")
    after = await team.presses(answer.message, "Use SYMPTOM")
    assert "Label it SYMPTOM in all of them?" in after.shown


@pytest.mark.parametrize("typed", ["chest pian", "chets pain", "cheast pain"])
async def test_a_slip_in_the_phrase_offers_the_projects_phrases(team: Team, typed: str) -> None:
    """Where no sentence holds the phrase, the most similar ones of the project are shown."""
    await add(team, *PAINS)
    answer = await team.types(f"/label SYMPTOM {typed} everywhere")
    assert "is in no sentence here. Did you mean:" in answer.text
    after = await team.presses(answer.message, "“Chest pain”, in other sentences")
    assert "Label it SYMPTOM in all of them?" in after.shown


async def test_a_phrase_like_none_says_what_to_do(team: Team) -> None:
    """No dead end."""
    await add(team, *PAINS)
    answer = await team.types("/label SYMPTOM hyperthyroidism everywhere")
    assert "is in no sentence here" in answer.text
    assert "/label SYMPTOM hyperthyroidism in:" in answer.text


async def test_everywhere_may_be_a_word_of_the_phrase(team: Team) -> None:
    """Where the current sentence holds the words as typed, they are the phrase."""
    await team.types("/label OTHER itches in: It itches everywhere.")
    answer = await team.types("/label SYMPTOM itches everywhere")
    assert (
        "It itches everywhere SYMPTOM." in answer.text
        or "labelled phrase is in the way" in answer.text
    )
