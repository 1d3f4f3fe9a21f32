"""Labelling from where one is: a message anybody wrote, in threads too, and the next sentence from anywhere."""

from dataclasses import replace

import pytest

from bot.playground import Message, Playground
from bot.playground.state.expiring_ids import ResponseUrl
from bot.playground.values import SlackError
from tests.bot.conftest import SAMPLES, Team

ONE = "A patient with chest pain."
SEVERAL = "Chest pain since Monday. Dr. Lee gave 0.5 mg. No fever!"


async def label(team: Team, message: Message, *, person: str = "ada") -> Message:
    """Use "Label this message"; the answer, seen by that person alone."""
    before = len(team.slack.messages("#triage", viewer=person))
    answer = await team.slack.shortcut(person, "label_message", message)
    assert answer.error is None
    await team.slack.until(lambda: len(team.slack.messages("#triage", viewer=person)) > before)
    return team.slack.messages("#triage", viewer=person)[-1]


def say(team: Team, text: str, **more: str) -> Message:
    return team.slack.say("linus", "#triage", text, **more)


async def test_a_message_of_one_sentence_becomes_a_card(team: Team) -> None:
    """It is the current sentence at once, with the card's buttons."""
    card = await label(team, say(team, ONE))
    assert ONE in card.shown
    assert {"No entities", "Skip"} <= set(card.buttons)
    assert "chest pain SYMPTOM" in (await team.types("/label SYMPTOM chest pain")).text


async def test_the_answer_is_for_the_person_alone(team: Team) -> None:
    """Whoever wrote the message is not told."""
    card = await label(team, say(team, ONE))
    assert card.only_for == team.slack.workspace.person("ada").id


async def test_the_card_leads_back_to_the_message(team: Team) -> None:
    """The permalink is kept with the sentence, and shown whenever it comes."""
    message = say(team, ONE)
    await label(team, message)
    later = await team.types("/label SYMPTOM chest pain")
    links = (
        [run for block in later.message.blocks for run in _links(block)] if later.message else []
    )
    assert links == [
        f"{team.slack.base_url}archives/{message.channel}/p{message.ts.replace('.', '')}"
    ]


def _links(block: dict[str, object]) -> list[str]:
    found: list[str] = []
    if block.get("type") == "link":
        found.append(str(block["url"]))
    for part in block.get("elements") or ():  # type: ignore[attr-defined]
        found += _links(part)
    return found


async def test_where_slack_says_no_address_it_is_built(team: Team, slack: Playground) -> None:
    """A message in a channel nerbot is not in keeps its address, too."""
    slack.fail_next("chat.getPermalink", status=200, error="channel_not_found")
    message = say(team, ONE)
    card = await label(team, message)
    assert f"slack.com/archives/{message.channel}/p" in str(card.blocks)
    slack.problems.clear()


async def test_a_message_in_a_thread_is_answered_in_the_thread(team: Team) -> None:
    """Slash commands do not work in threads; this does."""
    root = say(team, "How are they?")
    card = await label(team, say(team, ONE, thread_ts=root.ts))
    assert card.thread_ts == root.ts
    assert ONE in card.shown


async def test_what_slack_adds_is_taken_away(team: Team) -> None:
    """Mentions, links and escapes are stored as they were seen."""
    card = await label(team, say(team, "Tom & Jerry <b> saw https://x.example at 3 < 4"))
    assert "Tom & Jerry <b> saw https://x.example at 3 < 4" in card.shown


async def test_rich_text_is_read_without_its_markup(team: Team) -> None:
    """What the composer made bold comes without stars, names of emoji as emoji."""
    plain = say(team, "*Chest pain* :smile:")
    runs = [
        {"type": "text", "text": "Chest pain", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "smile"},
    ]
    section = {"type": "rich_text_section", "elements": runs}
    message = replace(plain, blocks=({"type": "rich_text", "elements": [section]},))
    card = await label(team, message)
    assert "Chest pain 😄" in card.shown


async def test_a_message_of_several_sentences_lists_them(team: Team) -> None:
    """Split by spaCy's rules: `Dr. Lee` and `0.5` end no sentence."""
    listed = await label(team, say(team, SEVERAL))
    assert "This message has 3 sentences." in listed.shown
    assert "Dr. Lee gave 0.5 mg." in listed.shown
    assert listed.buttons == ["Label", "Label", "Label", "All 3 into the queue", "As one sentence"]


async def test_lines_are_sentences_of_their_own(team: Team) -> None:
    """A list without full stops is no run-on sentence; bullets and rules fall away."""
    listed = await label(team, say(team, "chest pain\n---\n\nno fever"))
    assert "This message has 2 sentences." in listed.shown


async def test_nothing_is_stored_until_one_is_chosen(team: Team) -> None:
    """The list only asks: the queue is as it was."""
    await label(team, say(team, SEVERAL))
    assert "You have no sentence to label" in (await team.types("/label")).text


async def test_one_sentence_of_several_becomes_a_card_beside_the_list(team: Team) -> None:
    """[Label] answers with the card; the list stays for the others."""
    listed = await label(team, say(team, SEVERAL))
    block = next(b for b in listed.blocks if "Lee" in str(b.get("text")))
    await team.slack.click("ada", listed, block["accessory"]["value"])
    await team.slack.until(lambda: "Lee" in team.reads() and "#1" in team.reads())
    assert team.slack.now(listed) == listed
    assert "The sentence is new here." in team.reads()


async def test_all_of_them_go_into_the_queue(team: Team) -> None:
    """One press adds all, says how many are new, and leads to the first."""
    await team.types("/label none in: No fever!")
    listed = await label(team, say(team, SEVERAL))
    after = await team.presses(listed, "All 3 into the queue")
    assert "3 sentences of the message are in the queue. 2 sentences are new here." in after.shown
    assert "Chest pain since Monday." in (await team.presses(after, "Next")).shown


async def test_sentences_put_into_the_queue_are_taken_out_again(team: Team) -> None:
    """[Undo] leaves what was here before, and what is somebody's current sentence by then."""
    await team.types("/label none in: No fever!")
    listed = await label(team, say(team, SEVERAL))
    queued = await team.presses(listed, "All 3 into the queue")
    await team.types("/label", person="grace")
    undone = await team.presses(queued, "Undo")
    assert "1 sentence left the queue again." in undone.shown
    assert "Somebody has worked with #2 since, so it stays." in undone.shown
    assert "You have no sentence to label" in (await team.types("/label")).text
    assert "Chest pain since Monday." in (await team.types("/label", person="grace")).text


async def test_a_repeated_delivery_stores_once(team: Team) -> None:
    """Slack delivers at least once."""
    listed = await label(team, say(team, SEVERAL))
    pressed = await team.slack.click("ada", listed, "All 3 into the queue")
    await team.slack.until(lambda: "Saved" in team.reads())
    await team.slack.deliver_again(pressed)
    assert "3 sentences are new" not in team.reads()
    assert "All of them were here" not in team.reads()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no text to label"),
        ("---", "no words to label"),
        ("word " * 500, "a sentence may have up to 2,000"),
        ("x" * 300, "without a blank"),
    ],
)
async def test_what_cannot_be_labelled_is_said_with_the_next_step(
    team: Team, text: str, told: str
) -> None:
    """Pictures, rules, long and unbroken messages: one plain sentence."""
    answer = await label(team, replace(say(team, "x"), text=text))
    assert told in answer.shown


async def test_a_message_by_nerbot_is_not_labelled(team: Team) -> None:
    """nerbot's own answers are not food for its model."""
    ours = team.slack.workspace.identity.app_id
    team.slack.alter = lambda sent: {**sent, "message": {**sent["message"], "app_id": ours}}
    answer = await label(team, replace(say(team, "I am a bot."), bot_id="B1"))
    assert "by nerbot itself" in answer.shown


async def test_where_the_channel_takes_no_answer_it_comes_by_direct_message(
    team: Team, slack: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archived channel, an address that ran out: the person is told all the same."""

    def refuse(path: str) -> ResponseUrl:
        raise SlackError("is_archived")

    monkeypatch.setattr(slack.response_urls, "use", refuse)
    await slack.shortcut("ada", "label_message", say(team, ONE))
    await slack.until(lambda: slack.messages("dm", viewer="ada"))
    assert ONE in slack.messages("dm", viewer="ada")[-1].shown
    slack.problems.clear()


async def test_the_next_sentence_is_labelled_in_the_modal_itself(team_with_samples: Team) -> None:
    """From anywhere in Slack: the card with its buttons, which turn it into what follows."""
    slack = team_with_samples.slack
    await slack.shortcut("ada", "label_next")
    await slack.until(lambda: slack.view("ada"))
    assert any(text in slack.reads("ada") for text in SAMPLES)
    await slack.press("ada", "No entities")
    await slack.until(lambda: "Saved" in slack.reads("ada"))
    assert not slack.messages("dm", viewer="ada")


async def test_a_modal_that_a_card_in_a_modal_opens_lies_on_top(team_with_samples: Team) -> None:
    slack = team_with_samples.slack
    await slack.shortcut("ada", "label_next")
    await slack.until(lambda: slack.view("ada"))
    below = slack.view("ada")
    assert below is not None
    await slack.press("ada", "Edit")
    await slack.until(lambda: (slack.view("ada") or {}).get("previous_view_id") == below["id"])


async def test_an_empty_queue_is_said_in_the_modal(team: Team) -> None:
    """No empty message is sent: the modal says how to go on."""
    await team.slack.shortcut("ada", "label_next")
    await team.slack.until(lambda: team.slack.view("ada"))
    assert "You have no sentence to label" in str(team.slack.view("ada"))
    assert not team.slack.messages("dm", viewer="ada")


async def test_a_trigger_that_ran_out_leaves_the_direct_message(
    team: Team, slack: Playground
) -> None:
    """The answer does not hang on three seconds."""
    slack.fail_next("views.open", status=200, error="expired_trigger_id")
    await slack.shortcut("ada", "label_next")
    await slack.until(lambda: slack.messages("dm", viewer="ada"))
    assert "You have no sentence to label" in slack.messages("dm", viewer="ada")[-1].shown
    slack.problems.clear()


async def test_two_sentences_of_a_message_are_joined(team: Team) -> None:
    """[Join with the next] turns the list into one with the two as one."""
    listed = await label(team, say(team, SEVERAL))
    menu = next(e for _, e in listed.actions if e["type"] == "static_select")
    await team.slack.click("ada", listed, menu["action_id"], option=menu["options"][0]["value"])
    await team.slack.until(lambda: "This message has 2 sentences." in team.reads())
    assert "Chest pain since Monday. Dr. Lee gave 0.5 mg." in team.reads()


async def test_a_message_is_labelled_as_one_sentence(team: Team) -> None:
    """[As one sentence] brings the card of the whole."""
    listed = await label(team, say(team, SEVERAL))
    card = await team.presses(listed, "As one sentence")
    assert SEVERAL in card.shown
    assert "No entities" in card.buttons


async def test_a_message_over_the_limits_gives_what_fits(team: Team) -> None:
    """What is left out is told with its reason."""
    text = (
        "No fever. "
        + "word " * 500
        + ". See https://example.org/"
        + "a" * 300
        + " for more. No pain."
    )
    listed = await label(team, replace(say(team, "x"), text=text))
    assert "No fever." in listed.shown
    assert "See https://example.org/… for more." in listed.shown
    assert "1 sentence is left out" in listed.shown
