"""The editor, from the press of [Edit] to what is stored: one person's draft, saved as one step."""

import asyncio
import re

import pytest

from bot.playground import Answer, Message
from bot.playground.values import JSON, words
from tests.bot.conftest import Team
from tests.bot.labelling.test_cards import card, label_samples, newest
from tests.support.patience import patient

SENTENCE = "A patient with severe chest pain takes aspirin for chest pain."
TYPED = "/label DRUG aspirin in: "


def modal(team: Team, person: str = "ada") -> JSON:
    view = team.slack.view(person)
    assert view
    return view


def shows(team: Team, person: str = "ada") -> str:
    """The words of the modal on top."""
    view = team.slack.view(person)
    return "\n".join(words(view["blocks"])) if view else ""


def sentence(team: Team, person: str = "ada") -> str:
    """The marked sentence in the modal."""
    block = next(
        b
        for b in modal(team, person)["blocks"]
        if b["type"] == "rich_text" and b["elements"][0]["type"] == "rich_text_quote"
    )
    return "".join(words(block))


def box(team: Team, prefix: str, person: str = "ada") -> str:
    """The block id of an input, which changes when its content is replaced."""
    return next(
        str(b["block_id"])
        for b in modal(team, person)["blocks"]
        if str(b["block_id"]).startswith(prefix)
    )


async def edit(
    team: Team, message: Message | None, *, person: str = "ada", button: str = "Edit"
) -> None:
    """Press [Edit] and wait for the modal."""
    assert message
    await team.slack.click(person, message, button)
    await team.slack.until(lambda: "Save" in str(team.slack.view(person)))


async def open_on(team: Team, text: str = SENTENCE, *, person: str = "ada") -> Message:
    """The editor on a sentence with one label; the message it came from."""
    await team.types(TYPED + text, person=person)
    # The very first answer may come after the ack, while the tokenizer is being loaded.
    await team.slack.until(lambda: "Edit" in newest(team, person).buttons, timeout=patient(20))
    message = newest(team, person)
    await edit(team, message, person=person)
    return message


async def changes(team: Team, press: object, *, person: str = "ada") -> None:
    """Wait until the modal shows what a press did."""
    before = modal(team, person)["hash"]
    await press  # type: ignore[misc]
    await team.slack.until(lambda: modal(team, person)["hash"] != before)


async def saved(team: Team, message: Message, *, person: str = "ada") -> Message:
    """Press [Save]; what the message has become."""
    answer = await team.slack.submit(person)
    assert answer.ok, answer
    assert not answer.errors, answer.errors
    assert team.slack.view(person) is None, shows(team, person)
    await team.slack.until(lambda: team.slack.now(message) != message)
    now = team.slack.now(message)
    assert now
    return now


async def add(team: Team, lines: str) -> Answer:
    """Type into the box with phrases to add and press [Save]."""
    await team.slack.type_into("ada", box(team, "editor.added"), lines)
    return await team.slack.submit("ada")


async def test_the_editor_opens_on_what_is_labelled(team: Team) -> None:
    """The sentence, its spans, and the whole sentence in markup."""
    await open_on(team)
    assert "takes aspirin DRUG for" in sentence(team)
    assert "takes [aspirin](DRUG) for" in str(modal(team))


async def test_the_editor_opens_on_what_a_card_suggests(team_with_samples: Team) -> None:
    """[Edit] on a suggestion begins with it, and says that nothing is saved."""
    await label_samples(team_with_samples)
    await edit(team_with_samples, await card(team_with_samples))
    assert "chest pain SYMPTOM" in sentence(team_with_samples)
    assert "nothing is saved until you press Save" in shows(team_with_samples)


async def test_saving_finishes_the_sentence_as_one_step(team: Team) -> None:
    """Several changes, one Save, one undo."""
    message = await open_on(team)
    await add(team, "severe chest pain = SYMPTOM\nfor = WORD")
    await team.slack.until(lambda: team.slack.now(message) != message)
    assert "3 labelled phrases in #1" in str(team.slack.now(message))
    undone = await team.types("/label undo")
    assert "1 phrase labelled · not finished" in undone.text


async def test_a_saved_sentence_is_followed_by_the_next(team_with_samples: Team) -> None:
    """The card of the message turns into the next sentence, with Undo."""
    await label_samples(team_with_samples)
    first = await card(team_with_samples)
    await edit(team_with_samples, first)
    after = await saved(team_with_samples, first)
    assert "Saved: 1 labelled phrase in #1." in after.shown
    assert "Undo #1" in after.buttons


async def test_not_yet_keeps_the_sentence_unfinished(team: Team) -> None:
    """The person says whether every entity is marked."""
    message = await open_on(team)
    await team.slack.choose("ada", "editor.finished", "open")
    await team.slack.type_into("ada", box(team, "editor.added"), "severe = DEGREE")
    after = await saved(team, message)
    assert "2 phrases labelled · not finished" in after.shown


async def test_a_label_is_changed_by_its_menu(team: Team) -> None:
    """The modal shows it at once."""
    await team.types("/label SYMPTOM pain in: Pain.")
    await open_on(team)
    await changes(team, team.slack.choose("ada", "editor.label", "SYMPTOM"))
    assert "takes aspirin SYMPTOM for" in sentence(team)
    assert "takes [aspirin](SYMPTOM) for" in str(modal(team))


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("← take in “takes”", "takes aspirin DRUG for"),
        ("→ take in “for”", "takes aspirin for DRUG chest"),
    ],
)
async def test_an_edge_moves_by_a_token(team: Team, option: str, expected: str) -> None:
    """The menu names the word it is about."""
    await open_on(team)
    await changes(team, team.slack.press("ada", "editor.edge", option=option))
    assert expected in sentence(team)


async def test_a_phrase_is_removed(team: Team) -> None:
    """[Remove] takes one span out of the draft."""
    await open_on(team)
    await changes(team, team.slack.press("ada", "Remove"))
    assert sentence(team) == SENTENCE


async def test_an_empty_sentence_is_asked_about_before_it_is_saved(team: Team) -> None:
    """No entities by mistake: the first Save says what it would mean."""
    message = await open_on(team)
    await changes(team, team.slack.press("ada", "Remove"))
    await team.slack.submit("ada")
    assert "there are no entities in this sentence" in shows(team)
    after = await saved(team, message)
    assert "no entities in #1" in after.shown


async def test_a_phrase_with_several_mentions_is_shown_before_it_is_saved(team: Team) -> None:
    """All mentions are marked and the person looks; one can be chosen instead."""
    message = await open_on(team)
    await add(team, "chest pain = SYMPTOM")
    assert "“chest pain” occurs 2 times, and all are marked." in shows(team)
    menu = box(team, "editor.narrow")
    await changes(team, team.slack.choose("ada", menu, "1"))
    assert "severe chest pain takes" in sentence(team)
    assert "for chest pain SYMPTOM." in sentence(team)
    after = await saved(team, message)
    assert "2 labelled phrases in #1" in after.shown


async def test_typed_lines_can_be_marked_without_saving(team: Team) -> None:
    """[Mark these] shows what the lines come to, and empties the box."""
    await open_on(team)
    field = box(team, "editor.added")
    await team.slack.type_into("ada", field, "severe = DEGREE")
    await changes(team, team.slack.press("ada", "Mark these"))
    assert "severe DEGREE chest" in sentence(team)
    assert box(team, "editor.added") != field


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("chest pian = SYMPTOM", "Did you mean “chest pain”"),
        ("chest pain SYMPTOM", "Write chest pain = SYMPTOM"),
        ("chest = 9!", "cannot be a label"),
        ("spirin = DRUG", "take “aspirin”"),
    ],
)
async def test_a_wrong_line_is_kept_and_explained_at_its_box(
    team: Team, typed: str, said: str
) -> None:
    """Nothing is stored, what was typed stays."""
    await open_on(team)
    answer = await add(team, typed)
    field = box(team, "editor.added")
    assert said in answer.errors[field]
    assert typed in str(modal(team)["state"])


async def test_what_overlaps_is_said_before_it_gives_way(team: Team) -> None:
    """A new phrase across an old one replaces it only after a second Save."""
    await open_on(team)
    await add(team, "takes aspirin = THING")
    assert "“takes aspirin” THING takes the place of “aspirin” DRUG." in shows(team)


async def test_a_longer_phrase_of_the_same_label_takes_a_shorter_one_in(team: Team) -> None:
    """Nothing is lost, so nothing is asked."""
    message = await open_on(team)
    await team.slack.type_into("ada", box(team, "editor.added"), "takes aspirin = DRUG")
    assert "1 labelled phrase in #1" in (await saved(team, message)).shown


async def test_a_few_keys_say_another_end_another_label_or_no_entity(team: Team) -> None:
    """What can mean one place alone is corrected with one Save; a label's first letters are enough."""
    text = "A patient with severe pain takes aspirin for days in {a row=DRUG}."
    await team.types("/label " + text.replace("severe pain", "{severe pain=SYMPTOM}"))
    message = newest(team, "ada")
    await edit(team, message)
    lines = "pain = s\naspirin = dr\na row = -"
    await team.slack.type_into("ada", box(team, "editor.added"), lines)
    after = await saved(team, message)
    assert "2 labelled phrases in #1" in after.shown


async def test_a_slip_in_a_label_is_said_before_it_is_created(team: Team) -> None:
    """`SYMPTON` needs a second Save."""
    await team.types("/label SYMPTOM pain in: Pain.")
    await open_on(team)
    await add(team, "severe = SYMPTON")
    assert "SYMPTON is a new label and differs from SYMPTOM by one letter." in shows(team)


@pytest.mark.parametrize(
    "typed",
    [
        "A patient with [severe chest pain](SYMPTOM) takes aspirin for chest pain.",
        "A patient with {severe chest pain=SYMPTOM} takes aspirin for chest pain.",
        "a patient with [severe chest pain]( SYMPTOM ) takes aspirin for chest pain.",
    ],
)
async def test_the_whole_sentence_can_be_typed_in_either_markup(team: Team, typed: str) -> None:
    """What the box says replaces the spans."""
    message = await open_on(team)
    await team.slack.type_into("ada", box(team, "editor.markup"), typed)
    after = await saved(team, message)
    assert "1 labelled phrase in #1" in after.shown
    undone = await team.types("/label undo")
    assert "takes aspirin DRUG for" in undone.text


async def test_other_words_in_the_markup_are_refused_at_the_box(team: Team) -> None:
    """A sentence is never changed: the place where the words differ is named."""
    await open_on(team)
    field = box(team, "editor.markup")
    await team.slack.type_into("ada", field, SENTENCE.replace("severe", "mild"))
    answer = await team.slack.submit("ada")
    assert "From “severe" in answer.errors[field]


async def test_markup_that_was_typed_survives_a_press(team: Team) -> None:
    """A press takes what stands in the box first: neither is lost."""
    await open_on(team)
    field = box(team, "editor.markup")
    marked = SENTENCE.replace("severe", "[severe](DEGREE)").replace("aspirin", "[aspirin](DRUG)")
    await team.slack.type_into("ada", field, marked)
    await changes(team, team.slack.press("ada", "editor.edge", option="← take in “takes”"))
    assert "severe DEGREE chest pain takes aspirin DRUG for" in sentence(team)
    assert "[takes aspirin](DRUG)" in str(modal(team)["blocks"])


async def test_two_presses_at_once_both_count(team: Team) -> None:
    """The second to come shows the draft with both."""
    await open_on(team)
    await team.slack.type_into("ada", box(team, "editor.added"), "severe = DEGREE")
    await changes(team, team.slack.press("ada", "Mark these"))
    spans = [
        str(b["block_id"])
        for b in modal(team)["blocks"]
        if re.match(r"editor\.span", str(b["block_id"]))
    ]
    view = modal(team)
    payloads = [next(b for b in view["blocks"] if b["block_id"] == span) for span in spans]
    person = team.slack.workspace.person("ada")
    await asyncio.gather(
        *(
            team.slack.view_interactions.act(
                person,
                view,
                block,
                next(e for e in block["elements"] if e["type"] == "button"),
                None,
            )
            for block in payloads
        )
    )
    await team.slack.until(lambda: sentence(team) == SENTENCE)
    refused = [problem for problem in team.slack.problems if problem.what == "hash_conflict"]
    assert len(refused) <= 1
    team.slack.problems.clear()


async def test_two_people_edit_the_same_sentence_and_keep_their_own(team: Team) -> None:
    """Each has an annotation; neither overwrites the other's."""
    ada = await open_on(team)
    grace = await open_on(team, person="grace")
    await team.slack.type_into("ada", box(team, "editor.added"), "severe = DEGREE")
    await team.slack.type_into("grace", box(team, "editor.added", "grace"), "takes = VERB")
    assert "2 labelled phrases" in (await saved(team, ada)).shown
    assert "2 labelled phrases" in (await saved(team, grace, person="grace")).shown
    assert "severe DEGREE" not in (await team.types("/label undo", person="grace")).text


async def test_a_change_made_elsewhere_is_said_before_it_is_replaced(team: Team) -> None:
    """The same person in two places: the second Save is an informed one."""
    message = await open_on(team)
    await team.types("/label DEGREE severe")
    await team.slack.submit("ada")
    assert "You changed this sentence elsewhere" in shows(team)
    assert "1 labelled phrase in #1" in (await saved(team, message)).shown


async def test_a_repeated_submission_saves_once(team: Team) -> None:
    """The same request has one effect and one answer."""
    message = await open_on(team)
    await team.slack.type_into("ada", box(team, "editor.added"), "severe = DEGREE")
    answer = await team.slack.submit("ada")
    await team.slack.deliver_again(answer)
    await team.slack.until(lambda: team.slack.now(message) != message)
    assert "1 phrase labelled · not finished" in (await team.types("/label undo")).text


async def test_a_hundred_spans_come_in_pages(team: Team) -> None:
    """No page breaks Slack's limits, and every span can be reached."""
    text = " ".join(f"w{i}" for i in range(120))
    braces = " ".join(f"{{w{i}=LABEL_{i % 3}}}" for i in range(120))
    answer = await team.types(f"/label {braces}")
    await edit(team, answer.message)
    assert "Page 1 of 12" in shows(team)
    await changes(team, team.slack.press("ada", "Later phrases"))
    assert "Page 2 of 12" in shows(team)
    assert "11. " in shows(team)
    first = next(b for b in modal(team)["blocks"] if "editor.span" in str(b["block_id"]))
    button = first["elements"][-1]
    person = team.slack.workspace.person("ada")
    press = team.slack.view_interactions.act(person, modal(team), first, button, None)
    await changes(team, press)
    assert "119 phrases marked" in shows(team)
    assert text.split()[10] in shows(team)


async def test_an_odd_sentence_keeps_every_slice(team: Team) -> None:
    """Emoji, combining marks, right-to-left words, brackets and Slack's own escapes are what the person saw."""
    message = await open_on(team, "aspirin 👩‍⚕️ é [x](Y) مرحبا &lt; <b> fever &amp; @ada")
    await team.slack.choose("ada", "editor.finished", "open")
    lines = "مرحبا = GREETING\n👩‍⚕️ = WHO\n[ = OPEN\nfever = SYMPTOM\né=LETTER"
    await team.slack.type_into("ada", box(team, "editor.added"), lines)
    after = await saved(team, message)
    expected = (
        "aspirin DRUG 👩‍⚕️ WHO é LETTER [ OPENx](Y) مرحبا GREETING &lt; <b> fever SYMPTOM &amp; @ada"
    )
    assert expected in after.shown


async def test_an_editor_of_somebody_else_cannot_be_used(team: Team) -> None:
    """A draft belongs to one person: the other gets a plain sentence and nothing is changed."""
    await open_on(team)
    view = modal(team)
    grace = team.slack.workspace.person("grace")
    team.slack.views.stacks[grace.id] = [view]
    answer = await team.slack.submit("grace")
    assert "This editor has been closed or belongs to somebody else" in str(answer.body)


async def test_the_editor_of_a_second_opinion_proposes_nothing_others_labelled(team: Team) -> None:
    """Phrases that were labelled before hold the first one's labels of the very sentence."""
    await team.types("/label SYMPTOM headache in: She has headache and takes aspirin.")
    await team.types(
        "/label SYMPTOM aspirin in: She has headache and takes aspirin.", person="grace"
    )
    message = newest(team, "grace")
    await edit(team, message, person="grace")
    shown = str(modal(team, "grace")["blocks"])
    assert "aspirin" in shown
    assert "headache (SYMPTOM)" not in shown
