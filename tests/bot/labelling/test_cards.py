"""Cards: suggestions, one tap a sentence, the next sentence in the same message."""

import asyncio

from bot.playground import Message
from tests.bot.conftest import SAMPLES, Team
from tests.bot.labelling.test_shortcuts import label, say
from tests.support.patience import patient


async def card(team: Team, *, person: str = "ada") -> Message:
    """The card of the next sentence."""
    await team.types("/label", person=person)
    # The very first answer may come after the ack, while the tokenizer is being loaded.
    await team.slack.until(lambda: "Skip" in newest(team, person).buttons, timeout=patient(20))
    return newest(team, person)


def newest(team: Team, person: str) -> Message:
    """The newest message this person sees."""
    return team.slack.messages("#triage", viewer=person)[-1]


async def label_samples(team: Team) -> None:
    """Phrases that the memory can find again in the three samples."""
    await team.types("/label Any {chest pain=SYMPTOM} or {pain=SYMPTOM} of late?")
    await team.types("/label She takes {aspirin=DRUG} daily.")


async def test_before_there_is_a_model_phrases_labelled_earlier_are_suggested(
    team_with_samples: Team,
) -> None:
    """The phrase is marked with a question mark, its longest form, and its source is said."""
    await label_samples(team_with_samples)
    shown = (await card(team_with_samples)).shown
    assert "Suggested from phrases labelled earlier." in shown
    assert "A patient with chest pain SYMPTOM? and a cough." in shown


async def test_a_card_without_a_suggestion_says_so(team_with_samples: Team) -> None:
    """Nothing labelled yet: the sentence comes all the same."""
    first = await card(team_with_samples)
    assert "nothing is suggested yet" in first.shown
    assert first.buttons == ["Edit", "No entities", "Skip", "Flag", "Next"]


async def test_one_tap_finishes_a_sentence_and_brings_the_next(team_with_samples: Team) -> None:
    """[Accept] stores what was suggested, and the same message shows the next sentence with the counter."""
    await label_samples(team_with_samples)
    first = await card(team_with_samples)
    assert first.buttons[-5:] == ["Accept", "Edit", "No entities", "Skip", "Flag"]
    after = await team_with_samples.presses(first, "Accept")
    assert "Saved: 1 labelled phrase in #1." in after.shown
    assert SAMPLES[1] in after.shown
    assert "3 today, 2 left" in after.shown
    assert after.buttons[-2:] == ["Undo #1", "Next"]


async def test_undo_on_a_card_brings_the_sentence_before_back(team_with_samples: Team) -> None:
    """The last step is undone, and its sentence is the current one again with the same suggestion."""
    await label_samples(team_with_samples)
    after = await team_with_samples.presses(await card(team_with_samples), "Accept")
    back = await team_with_samples.presses(after, "Undo #1")
    assert "Undone." in back.shown
    assert "chest pain SYMPTOM?" in back.shown
    assert "2 today, 3 left" in back.shown


async def test_no_entities_on_a_card_goes_on(team_with_samples: Team) -> None:
    """A sentence with nothing in it takes one tap as well."""
    after = await team_with_samples.presses(await card(team_with_samples), "No entities")
    assert "Saved: no entities in #1." in after.shown
    assert SAMPLES[1] in after.shown


async def test_a_skip_on_a_card_can_be_undone_there(team_with_samples: Team) -> None:
    """A skipped sentence is one tap away."""
    after = await team_with_samples.presses(await card(team_with_samples), "Skip")
    back = await team_with_samples.presses(after, "Undo #1")
    assert SAMPLES[0] in back.shown


async def test_the_last_sentence_can_be_undone_from_the_empty_queue(
    team_with_samples: Team,
) -> None:
    """The end of the queue is no dead end."""
    message = await card(team_with_samples)
    for _ in SAMPLES:
        message = await team_with_samples.presses(message, "No entities")
    assert "You have no sentence to label." in message.shown
    assert "3 by you today" in message.shown
    assert SAMPLES[2] in (await team_with_samples.presses(message, "Undo #3")).shown


async def test_an_old_card_changes_nothing_and_shows_the_current_sentence(
    team_with_samples: Team,
) -> None:
    """A finished sentence is not finished again by its old card."""
    await label_samples(team_with_samples)
    old = await card(team_with_samples)
    await team_with_samples.types("/label none in: Nothing new.")
    await team_with_samples.presses(old, "Accept")
    again = await card(team_with_samples)
    await team_with_samples.slack.click("ada", old, "Accept")
    await team_with_samples.slack.until(
        lambda: "#1 is already finished" in str(team_with_samples.slack.now(old))
    )
    now = team_with_samples.slack.now(old)
    assert now
    assert [text for text in SAMPLES if text in now.shown] == [
        text for text in SAMPLES if text in again.shown
    ]


async def test_two_clicks_at_once_finish_one_sentence(team_with_samples: Team) -> None:
    """The second changes nothing: one sentence is finished, and the next one is the current one."""
    await label_samples(team_with_samples)
    first = await card(team_with_samples)
    click = team_with_samples.slack.click
    await asyncio.gather(click("ada", first, "Accept"), click("ada", first, "Accept"))
    await team_with_samples.slack.until(
        lambda: (
            "#1 is already finished" in str(team_with_samples.slack.now(first))
            or SAMPLES[1] in str(team_with_samples.slack.now(first))
        )
    )
    assert "3 finished" in (await team_with_samples.types("/train status")).text
    undone = (await team_with_samples.types("/label undo")).text
    assert "#1 · 2 today, 3 left" in undone


async def test_labels_of_ones_own_win_over_an_old_suggestion(team_with_samples: Team) -> None:
    """What was labelled since is not overwritten by [Accept]."""
    await label_samples(team_with_samples)
    old = await card(team_with_samples)
    await team_with_samples.types("/label SYMPTOM cough")
    await team_with_samples.slack.click("ada", old, "Accept")
    await team_with_samples.slack.until(lambda: "not taken" in team_with_samples.reads())
    assert "/label done finishes the sentence" in team_with_samples.reads()


async def test_the_live_model_suggests_with_its_confidence(trained: Team) -> None:
    """A card names the version and how sure it is."""
    await trained.asks("/ner A patient with chest pain takes aspirin.")
    await label(trained, say(trained, "A patient with nausea takes aspirin today."))
    shown = (await card(trained)).shown
    assert "Suggested by model 1." in shown
    assert "DRUG? " in shown


async def test_accepting_takes_what_was_shown(trained: Team) -> None:
    """[Accept] stores the spans of the card."""
    await trained.asks("/ner A patient with chest pain takes aspirin.")
    await label(trained, say(trained, "A patient with nausea takes aspirin today."))
    after = await trained.presses(await card(trained), "Accept")
    assert "labelled phrase" in after.shown
    back = await trained.types("/label undo")
    assert "The sentence is as it was before it was finished." in back.text


async def test_a_flag_takes_the_sentence_out_of_the_queue_until_it_is_undone(
    team_with_samples: Team,
) -> None:
    """A broken sentence takes one tap, and comes back by another."""
    after = await team_with_samples.presses(await card(team_with_samples), "Flag")
    assert "Flagged #1: reviewers see it" in after.shown
    assert "2 left" in after.shown
    back = await team_with_samples.presses(after, "Undo #1")
    assert SAMPLES[0] in back.shown
    assert "3 left" in back.shown


async def test_why_a_sentence_is_flagged_is_asked_after_the_tap(team_with_samples: Team) -> None:
    """[Say why] opens a modal; reviewers read the reason, settle the sentence, and can undo that."""
    team = team_with_samples
    flagged = await team.presses(await card(team), "Flag")
    await team.slack.click("ada", flagged, "Say why")
    await team.slack.until(lambda: "reviewers know" in str(team.slack.view("ada")))
    await team.slack.type_into("ada", "What should reviewers know?", "The *dose* is cut off.")
    answer = await team.slack.submit("ada")
    assert not answer.errors
    assert team.slack.view("ada") is None
    shown = (await team.types("/nerbot flags")).message
    assert shown
    assert "#1 flagged by" in shown.shown
    assert "The *dose* is cut off." in shown.shown
    assert SAMPLES[0] in shown.shown
    settled = await team.presses(shown, "Settled")
    assert "There is no flagged sentence to review." in settled.shown
    await team.presses(settled, "Undo")
    assert "The *dose* is cut off." in (await team.asks("/nerbot flags"))


async def test_a_reason_for_a_flag_that_was_taken_back_is_refused_in_words(
    team_with_samples: Team,
) -> None:
    """Nothing is flagged again by it."""
    team = team_with_samples
    flagged = await team.presses(await card(team), "Flag")
    await team.slack.click("ada", flagged, "Say why")
    await team.slack.until(lambda: "reviewers know" in str(team.slack.view("ada")))
    await team.types("/label undo")
    await team.slack.type_into("ada", "What should reviewers know?", "The dose is cut off.")
    await team.slack.submit("ada")
    assert "undone or settled meanwhile" in str(team.slack.view("ada"))


async def test_a_flag_can_be_typed_with_its_reason(team_with_samples: Team) -> None:
    """Reviewers alone see the list."""
    team = team_with_samples
    await team.types("/nerbot")
    await team.types("/label", person="grace")
    assert "Flagged #1" in (await team.types("/label flag: two sentences", person="grace")).text
    assert "two sentences" in (await team.asks("/nerbot flags"))
    assert "Only a reviewer" in (await team.types("/nerbot flags", person="grace")).text
    assert "1 flagged sentence to look at" in (await team.asks("/nerbot review"))


async def test_cards_work_in_a_direct_message(team_with_samples: Team) -> None:
    """The same card where nobody else is."""
    answer = await team_with_samples.slack.command("ada", "dm", "/label")
    after = await team_with_samples.presses(answer.message, "No entities")
    assert "Saved: no entities in #1." in after.shown


async def test_of_many_labels_a_card_explains_those_that_are_used_most(
    team_with_samples: Team,
) -> None:
    team = team_with_samples
    for letter in "ABCDEFGHIJ":
        await team.types(f"/nerbot labels add {letter}{letter} meaning of {letter}")
    await team.types("/label She has a {fever=JJ}.")
    card = (await team.types("/label")).text
    assert "JJ" in card
    assert "meaning of J" in card
    assert "meaning of I" not in card
