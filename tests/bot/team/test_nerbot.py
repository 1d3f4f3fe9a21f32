"""What a team does with /nerbot, typed and pressed, from the request to what people read."""

import re
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.domain.roles import Role
from bot.nerbot_command import HELP
from bot.playground import Message, Playground
from bot.playground.values import words
from tests.bot.conftest import Team, settings_for

PAIN = "/label A patient with {chest pain=SYMPTOM}."
GOUT = "/label A patient with {gout=DISEASE}."


def user(team: Team, name: str) -> str:
    """The id by which Slack knows a person."""
    return team.slack.workspace.person(name).id


@pytest.fixture
async def owned(team: Team) -> Team:
    """A workspace whose owner is Ada."""
    await team.types("/nerbot")
    return team


async def changed(team: Team, line: str, button: str) -> Message:
    """Ada types a line that asks, and presses a button of the question."""
    return await team.presses((await team.types(line)).message, button)


# --- usage and roles --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["/nerbot", "/nerbot help"])
async def test_without_a_word_it_says_how_it_is_used(team: Team, line: str) -> None:
    assert "/nerbot labels merge ILLNESS DISEASE" in (await team.types(line)).text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/nerbot wibble", "/nerbot has no command “wibble”."),
        ("/nerbot labels wibble", "/nerbot labels has no command “wibble”."),
        ("/nerbot labels add", "Which label? Type it after add."),
        ("/nerbot labels rename A", "takes two labels"),
        ("/nerbot labels add O", "cannot be a label"),
        ("/nerbot project new", "What is the project's name?"),
        ("/nerbot project settings annotations", "annotations 2"),
        ("/nerbot project wibble", "/nerbot project has no command"),
        ("/nerbot roles owner", "Mention one person"),
        ("/nerbot roles wibble", "/nerbot roles has no command"),
        ("/nerbot review wibble", "/nerbot review note <your reason>"),
        ("/nerbot history wibble", "/nerbot history mine"),
        ("/nerbot stats wibble", "takes no arguments"),
    ],
)
async def test_what_is_not_understood_is_answered_with_one_line_and_a_help_button(
    owned: Team, line: str, said: str
) -> None:
    answer = await owned.types(line)
    reason, help_button = answer.text.split("\n")
    assert said in reason
    assert help_button == "Help"


async def test_the_first_to_come_becomes_owner_and_is_told(team: Team) -> None:
    assert "You are the owner" in (await team.types("/nerbot labels", person="grace")).text
    assert "You are the owner" not in (await team.types("/nerbot labels", person="ada")).text
    roles = (await team.types("/nerbot roles")).text
    assert f"Owners: <@{user(team, 'grace')}>" in roles


async def test_an_owner_makes_reviewers_and_owners_by_mention(owned: Team) -> None:
    said = (await owned.types("/nerbot roles reviewer @grace")).text
    assert f"Saved. <@{user(owned, 'grace')}> is a reviewer now." in said
    said = (await owned.types("/nerbot roles owner @linus")).text
    assert f"Owners: <@{user(owned, 'ada')}> and <@{user(owned, 'linus')}>" in said


async def test_a_refusal_names_who_can(owned: Team) -> None:
    said = (await owned.types("/nerbot roles owner @grace", person="grace")).text
    assert "Only an owner can change roles." in said
    assert f"<@{user(owned, 'ada')}>" in said


@pytest.mark.parametrize(
    "line",
    [
        "/nerbot labels rename A B",
        "/nerbot labels merge A B",
        "/nerbot project new x",
        "/nerbot project use default",
        "/nerbot roles remove @ada",
        "/nerbot project settings annotations 2",
        "/nerbot review",
        "/nerbot review note because",
    ],
)
async def test_what_needs_a_role_is_refused_to_others(owned: Team, line: str) -> None:
    assert "Only " in (await owned.types(line, person="mei")).text


async def test_the_help_lines_say_who_may(owned: Team) -> None:
    """What the column of docs/commands.md says is what a labeller meets."""
    refused = {}
    for line in HELP.lines:
        typed = line.typed.replace("@person", "@grace").replace("#channel", "#triage")
        refused[line] = "Only " in (await owned.types(typed, person="mei")).text
    assert refused == {line: line.who is not Role.LABELLER for line in HELP.lines}


async def test_the_last_owner_stays_one(owned: Team) -> None:
    assert "That is the only owner" in (await owned.types("/nerbot roles remove @ada")).text
    await owned.types("/nerbot roles owner @grace")
    assert "is a labeller now" in (await owned.types("/nerbot roles remove @ada")).text
    assert "Only an owner" in (await owned.types("/nerbot roles owner @ada")).text


async def test_a_role_is_taken_back_by_undo(owned: Team) -> None:
    said = await changed(owned, "/nerbot roles reviewer @grace", "Undo")
    assert "Undone" in said.shown
    assert "Reviewers: nobody yet" in (await owned.types("/nerbot roles")).text


async def test_owners_that_the_setting_names_are_owners_for_good(
    slack: Playground, tmp_path: Path
) -> None:
    grace = slack.workspace.person("grace").id
    settings = settings_for(slack, tmp_path / "data")
    settings = settings.model_copy(update={"owners": frozenset({grace})})
    async with open_bot(settings) as bot:
        team = Team(slack, bot)
        assert "You are the owner" not in (await team.types("/nerbot labels")).text
        assert "Only an owner" in (await team.types("/nerbot roles owner @ada")).text
        assert (
            "is an owner now" in (await team.types("/nerbot roles owner @ada", person="grace")).text
        )
        assert (
            "by the setting NERBOT_OWNERS" in (await team.types("/nerbot roles remove @grace")).text
        )


async def test_a_repeated_request_changes_nothing_and_gets_the_same_answer(owned: Team) -> None:
    """Slack delivers at least once; what has a role stays, and a second rename is none."""
    answer = await owned.types("/nerbot labels add SYMPTOM what a patient feels")
    again = await owned.slack.deliver_again(answer)
    assert again.text == answer.text
    assert (await owned.types("/nerbot history")).text.count("added the label") == 1


# --- labels -----------------------------------------------------------------------------------------------------


async def test_labels_are_listed_with_meaning_examples_and_count(owned: Team) -> None:
    await owned.types(PAIN)
    await owned.types("/nerbot labels describe symptom what a patient feels")
    said = (await owned.types("/nerbot labels")).text
    assert "SYMPTOM what a patient feels · 1 finished phrase · such as “chest pain”" in said


async def test_a_new_label_that_looks_like_a_slip_is_said_to(owned: Team) -> None:
    await owned.types("/nerbot labels add SYMPTOM")
    assert (
        "differs from SYMPTOM by one letter"
        in (await owned.types("/nerbot labels add SYMPTON")).text
    )


async def test_a_description_is_taken_back_by_undo(owned: Team) -> None:
    await owned.types("/nerbot labels add SYMPTOM what a patient feels")
    said = await changed(owned, "/nerbot labels describe SYMPTOM nonsense", "Undo")
    assert "Undone" in said.shown
    assert "SYMPTOM what a patient feels" in (await owned.types("/nerbot labels")).text


async def test_describing_a_label_that_is_not_there_names_those_that_are(owned: Team) -> None:
    await owned.types("/nerbot labels add DRUG")
    said = (await owned.types("/nerbot labels describe SYMPTOM x")).text
    assert "There is no label SYMPTOM in this project. The labels are: DRUG." in said


async def test_a_rename_asks_first_and_changes_every_sentence(owned: Team) -> None:
    await owned.types("/label A patient with {chest pain=SYMPTON}.")
    await owned.types("/label She has {fever=SYMPTON}.", person="grace")
    asked = await owned.types("/nerbot labels rename SYMPTON SYMPTOM")
    assert "Rename SYMPTON to SYMPTOM in 2 sentences?" in asked.text
    assert asked.message
    assert asked.message.buttons == ["Rename", "Leave it"]
    done = await owned.presses(asked.message, "Rename")
    assert "Renamed SYMPTON to SYMPTOM in 2 sentences." in done.shown
    said = (await owned.types("/nerbot labels")).text
    assert "SYMPTOM · 2 finished phrases" in said
    assert "SYMPTON" not in said


async def test_a_question_left_alone_changes_nothing(owned: Team) -> None:
    await owned.types(PAIN)
    said = await changed(owned, "/nerbot labels rename SYMPTOM SIGN", "Leave it")
    assert said.shown == "All is as it was."
    assert "SYMPTOM" in (await owned.types("/nerbot labels")).text


async def test_a_question_is_answered_once_and_by_the_one_who_was_asked(owned: Team) -> None:
    await owned.types("/nerbot roles owner @grace")
    await owned.types(PAIN)
    asked = (await owned.types("/nerbot labels rename SYMPTOM SIGN")).message
    assert asked
    await owned.presses(asked, "Rename")
    await owned.slack.click("ada", asked, "Rename")
    await owned.slack.until(lambda: "This question has expired" in owned.reads())


async def test_a_rename_is_taken_back_as_one_step(owned: Team) -> None:
    await owned.types(PAIN)
    renamed = await changed(owned, "/nerbot labels rename SYMPTOM SIGN", "Rename")
    assert "Undone" in (await owned.presses(renamed, "Undo")).shown
    assert "SYMPTOM · 1 finished phrase" in (await owned.types("/nerbot labels")).text


async def test_a_rename_to_a_label_that_is_there_points_to_merge(owned: Team) -> None:
    await owned.types(PAIN)
    await owned.types(GOUT)
    said = (await owned.types("/nerbot labels rename SYMPTOM DISEASE")).text
    assert "/nerbot labels merge SYMPTOM DISEASE" in said


async def test_a_merge_settles_disagreements_and_is_taken_back_exactly(owned: Team) -> None:
    await owned.types(PAIN)
    await owned.types("/label A patient with {chest pain=SIGN}.", person="grace")
    await owned.types(GOUT)
    merged = await changed(owned, "/nerbot labels merge SIGN SYMPTOM", "Merge")
    assert "Merged SIGN into SYMPTOM in 1 sentence." in merged.shown
    assert "People agree on 1 more sentence now." in merged.shown
    assert "Undone" in (await owned.presses(merged, "Undo")).shown
    said = (await owned.types("/nerbot stats")).text
    assert "people disagree on 1" in said


async def test_a_merge_is_not_taken_back_over_later_steps(owned: Team) -> None:
    await owned.types("/label SIGN chest pain in: A patient with chest pain and fever.")
    await owned.types("/label SIGN fever")
    await owned.types("/nerbot labels add SYMPTOM")
    merged = await changed(owned, "/nerbot labels merge SIGN SYMPTOM", "Merge")
    await owned.types("/label undo")
    await owned.slack.click("ada", merged, "Undo")
    await owned.slack.until(lambda: "Later steps changed" in owned.reads())


async def test_an_old_step_is_undone_under_the_labels_new_name(owned: Team) -> None:
    """`/label undo` after a rename does not bring the old name back."""
    await owned.types("/label SYMPTON chest pain in: A patient with chest pain and fever.")
    await owned.types("/label SYMPTON fever")
    await changed(owned, "/nerbot labels rename SYMPTON SYMPTOM", "Rename")
    said = (await owned.types("/label undo")).text
    assert "A patient with chest pain SYMPTOM and fever." in said


async def test_an_open_question_labels_under_the_new_name(owned: Team) -> None:
    asked = await owned.types("/label SYMPTON pain in: A patient with pain and more pain.")
    await owned.types("/label A patient with {chest pain=SYMPTON}.")
    await changed(owned, "/nerbot labels rename SYMPTON SYMPTOM", "Rename")
    said = await owned.presses(asked.message, "All 2")
    assert "pain SYMPTOM and more pain SYMPTOM" in said.shown


async def test_what_an_older_model_finds_is_shown_under_the_labels_new_name(trained: Team) -> None:
    """A renamed label does not come back by what the model learned before."""
    await trained.types("/nerbot")
    done = await changed(trained, "/nerbot labels rename SYMPTOM SIGN", "Rename")
    assert "The live model 1 learned it as SYMPTOM" in done.shown
    said = await trained.asks("/ner A patient with chest pain takes aspirin.")
    assert "SIGN" in said
    assert "SYMPTOM" not in said


# --- projects ---------------------------------------------------------------------------------------------------


async def test_a_channel_uses_another_project_at_once(owned: Team) -> None:
    await owned.types(PAIN)
    await owned.types("/nerbot project new Cardiology")
    assert "SYMPTOM" in (await owned.types("/nerbot labels")).text
    said = (await owned.types("/nerbot project use cardiology", channel="#random")).text
    assert "This channel uses Cardiology from now on." in said
    assert "no label yet" in (await owned.types("/nerbot labels", channel="#random")).text
    assert "SYMPTOM" in (await owned.types("/nerbot labels")).text
    said = (await owned.types("/label", channel="#random")).text
    assert "You have no sentence to label" in said
    said = (await owned.types("/train", channel="#random")).text
    assert "none are finished" in said
    said = (await owned.types("/ner He has pain.", channel="#random")).text
    assert "none are finished" in said


async def test_the_projects_are_listed(owned: Team) -> None:
    await owned.types("/nerbot project new Cardiology")
    said = (await owned.types("/nerbot project list")).text
    assert "This channel uses the project default." in said
    assert "The other projects: Cardiology." in said


async def test_a_binding_is_taken_back_by_undo(owned: Team) -> None:
    await owned.types("/nerbot project new Cardiology")
    await changed(owned, "/nerbot project use Cardiology", "Undo")
    assert "uses the project default" in (await owned.types("/nerbot project")).text


async def test_a_project_that_is_not_there_is_answered_with_those_that_are(owned: Team) -> None:
    assert "The projects are: default." in (await owned.types("/nerbot project use x")).text
    await owned.types("/nerbot project new Cardiology")
    assert (
        "A project of that name already exists"
        in (await owned.types("/nerbot project new CARDIOLOGY")).text
    )


async def test_a_setting_that_cannot_be_is_refused_in_words(owned: Team) -> None:
    said = (await owned.types("/nerbot project settings annotations 0")).text
    assert said.startswith("A sentence can be labelled by 1 to 10 people, not by 0.")


@pytest.mark.parametrize(
    ("typed", "example"),
    [("random 150", "random 25"), ("random 0.3", "random 30"), ("random x", "random 25")],
)
async def test_the_share_at_random_is_per_cent_and_the_example_given_works(
    owned: Team, typed: str, example: str
) -> None:
    said = (await owned.types(f"/nerbot project settings {typed}")).text
    assert f"random takes per cent from 0 to 100, as in {example}." in said
    taken = (await owned.types(f"/nerbot project settings annotations 3 {example}")).text
    assert f"({example})" in taken


async def test_an_owner_changes_settings_and_takes_that_back(owned: Team) -> None:
    said = await owned.types("/nerbot project settings annotations 2 random 50")
    assert "each sentence is labelled by 2 people (annotations 2); 50 %" in said.text
    assert "Undone" in (await owned.presses(said.message, "Undo")).shown
    assert "labelled by one person" in (await owned.types("/nerbot project settings")).text


# --- stats, review, history -------------------------------------------------------------------------------------


async def disagree(team: Team) -> None:
    """Ada and Grace finish two sentences differently and one alike."""
    for sentence in ("Mei has {chest pain=%s}.", "Linus has {fever=%s}."):
        await team.types("/label " + sentence % "SYMPTOM")
        await team.types("/label " + sentence % "DISEASE", person="grace")
    await team.types(GOUT)
    await team.types(GOUT, person="grace")


async def test_stats_tell_what_is_finished_by_whom_and_how_far_people_agree(owned: Team) -> None:
    await disagree(owned)
    said = (await owned.types("/nerbot stats")).text
    assert "default: 1 finished sentence · 1 today · 1 this week · 0 to go" in said
    assert "people disagree on 2 more: /nerbot review" in said
    assert f"<@{user(owned, 'ada')}>" in said
    assert "Agreement: 33 % of span F1 on 3 sentences" in said
    assert "SYMPTOM 0 % · DISEASE 50 %" in said


async def test_stats_home_and_train_tell_one_number_and_name_the_disputed(owned: Team) -> None:
    await disagree(owned)
    assert await owned.slack.open_home("ada")
    await owned.slack.until(lambda: owned.slack.home("ada"))
    home = owned.slack.home("ada")
    assert home
    for said in (
        (await owned.types("/nerbot stats")).text,
        (await owned.types("/train status")).text,
        "\n".join(words(home["blocks"])),
    ):
        assert re.search(r"\b1 finished", said), said
        assert "eople disagree on 2 more" in said


async def test_a_review_shows_the_versions_side_by_side(owned: Team) -> None:
    await disagree(owned)
    review = await owned.types("/nerbot review")
    assert "2 disagreements to decide." in review.text
    assert f"1 · <@{user(owned, 'ada')}>\nMei has chest pain SYMPTOM." in review.text
    assert f"2 · <@{user(owned, 'grace')}>\nMei has chest pain DISEASE." in review.text
    assert review.message
    assert review.message.buttons == ["Take 1", "Take 2", "Edit", "Not now"]


async def test_one_tap_decides_and_the_message_becomes_the_next(owned: Team) -> None:
    await disagree(owned)
    review = (await owned.types("/nerbot review")).message
    second = await owned.presses(review, "Take 1")
    assert "Decided: sentence #1 is gold now." in second.shown
    assert "1 disagreement to decide." in second.shown
    assert "Linus has fever SYMPTOM." in second.shown
    last = await owned.presses(second, "Take 2")
    assert "There is nothing to decide." in last.shown
    labels = (await owned.types("/nerbot labels")).text
    assert "SYMPTOM · 1 finished phrase" in labels
    assert "DISEASE · 2 finished phrases" in labels


async def test_a_decision_is_taken_back_by_undo(owned: Team) -> None:
    await disagree(owned)
    second = await owned.presses((await owned.types("/nerbot review")).message, "Take 1")
    await owned.presses(second, "Undo")
    assert "2 disagreements to decide" in (await owned.types("/nerbot review")).text


async def test_a_decision_and_its_reason_are_shown_where_the_phrase_is_in_doubt_again(
    owned: Team,
) -> None:
    await disagree(owned)
    await owned.presses((await owned.types("/nerbot review")).message, "Take 1")
    said = (await owned.types("/nerbot review note it is what she feels")).text
    assert "was decided so because: “it is what she feels”" in said
    await owned.types("/label Ada has {Chest Pain=SYMPTOM} too.")
    await owned.types("/label none in: Ada has Chest Pain too.", person="grace")
    await owned.presses((await owned.types("/nerbot review")).message, "Take 1")
    said = (await owned.types("/nerbot review")).text
    assert "Decided before: “chest pain” was SYMPTOM in sentence #1" in said
    assert "it is what she feels" in said


async def test_why_it_was_decided_so_is_asked_in_a_modal(owned: Team) -> None:
    """The reason goes to the decision whose button was pressed, whatever was decided since."""
    await disagree(owned)
    second = await owned.presses((await owned.types("/nerbot review")).message, "Take 1")
    await owned.presses(second, "Take 2")
    await owned.slack.click("ada", second, "Say why #1")
    await owned.slack.until(lambda: "appears again" in str(owned.slack.view("ada")))
    typed = "What should people know where the phrase appears again?"
    await owned.slack.type_into("ada", typed, "it is what she feels")
    answer = await owned.slack.submit("ada")
    assert not answer.errors
    assert owned.slack.view("ada") is None
    await owned.types("/label none in: Ada has Chest Pain too.", person="grace")
    await owned.types("/label Ada has {Chest Pain=SYMPTOM} too.")
    said = (await owned.types("/nerbot review")).text
    assert "“chest pain” was SYMPTOM in sentence #1" in said
    assert "it is what she feels" in said


async def test_a_version_is_edited_decided_and_followed_by_the_next_disagreement(
    owned: Team,
) -> None:
    """The reviewer's own opinion is no third version: what is saved is the gold."""
    await owned.types("/nerbot roles reviewer @linus")
    await disagree(owned)
    review = (await owned.types("/nerbot review", person="linus")).message
    assert review
    await owned.slack.click("linus", review, "Edit")
    await owned.slack.until(lambda: "Save" in str(owned.slack.view("linus")))
    assert "[chest pain](SYMPTOM)" in str(owned.slack.view("linus"))
    answer = await owned.slack.submit("linus")
    assert not answer.errors
    await owned.slack.until(lambda: owned.slack.now(review) != review)
    after = owned.slack.now(review)
    assert after
    assert "Decided: sentence #1 is gold now." in after.shown
    assert "Linus has fever SYMPTOM." in after.shown
    assert "1 disagreement to decide" in (await owned.types("/nerbot review")).text


async def test_not_now_goes_on_to_the_next(owned: Team) -> None:
    await disagree(owned)
    second = await owned.presses((await owned.types("/nerbot review")).message, "Not now")
    assert "Linus has fever" in second.shown
    last = await owned.presses(second, "Not now")
    assert "That was the last one. 2 disagreements still to decide" in last.shown


async def test_what_both_marked_is_merged_with_one_tap(owned: Team) -> None:
    await owned.types("/label Mei has {fever=SYMPTOM} and a cough.")
    await owned.types("/label Mei has fever and a {cough=SYMPTOM}.", person="grace")
    review = (await owned.types("/nerbot review")).message
    assert review
    assert "1 has “fever” as SYMPTOM; 2 has “cough” as SYMPTOM." in review.shown
    await owned.presses(review, "Merge both")
    assert "SYMPTOM 2" in (await owned.types("/nerbot stats")).text


async def test_a_version_that_was_changed_meanwhile_is_not_taken(owned: Team) -> None:
    await disagree(owned)
    review = (await owned.types("/nerbot review")).message
    await owned.types("/label Mei has {chest=SYMPTOM} {pain=SYMPTOM}.")
    again = await owned.presses(review, "Take 1")
    assert "changed or decided meanwhile" in again.shown
    assert "2 disagreements to decide" in again.shown


async def test_the_history_tells_who_did_what_and_offers_undo_of_ones_own(owned: Team) -> None:
    await owned.types(PAIN)
    await owned.types(GOUT, person="grace")
    mine = await owned.types("/nerbot history", person="grace")
    assert (
        f"<@{user(owned, 'grace')}> finished #2 “A patient with gout.” with 1 phrase" in mine.text
    )
    assert f"<@{user(owned, 'ada')}> finished #1" in mine.text
    assert mine.message
    assert mine.message.buttons == ["Undo", "Undo"]


async def test_an_owner_takes_back_another_persons_older_step(owned: Team) -> None:
    await owned.types("/label SYMPTOM chest pain in: A patient with chest pain.", person="grace")
    await owned.types(GOUT)
    history = (await owned.types("/nerbot history")).message
    assert history
    step = next(
        element["action_id"]
        for block, element in history.actions
        if "undo_event" in element["action_id"]
        and "labelled" in str(history.blocks[history.blocks.index(block) - 1])
    )
    said = await owned.presses(history, step)
    assert "Undone" in said.shown
    history = (await owned.types("/nerbot history")).message
    assert history
    assert f"<@{user(owned, 'ada')}> undid: a step on #1" in history.shown


async def test_a_step_under_later_ones_is_refused_in_words(owned: Team) -> None:
    await owned.types("/label SYMPTOM chest pain in: A patient with chest pain and fever.")
    await owned.types("/label SYMPTOM fever")
    history = (await owned.types("/nerbot history mine")).message
    assert history
    steps = [e["action_id"] for _, e in history.actions if "undo_event" in e["action_id"]]
    await owned.slack.click("ada", history, steps[1])
    await owned.slack.until(lambda: "Later steps changed sentence #1 again." in owned.reads())


async def test_the_history_has_pages(owned: Team) -> None:
    for number in range(9):
        await owned.types(f"/nerbot labels add L{number}")
    first = (await owned.types("/nerbot history")).message
    assert first
    assert "Older" in first.buttons
    older = await owned.presses(first, "Older")
    assert "added the label L0" in older.shown
    assert "added the label L8" in (await owned.presses(older, "Newest")).shown
