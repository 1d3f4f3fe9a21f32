"""Plain words to nerbot are answered: in its direct messages, and where it is mentioned."""

import asyncio

from bot.playground import Message
from bot.playground.values import JSON
from tests.bot.conftest import Team

SENTENCE = "A patient with fever takes codeine."


async def answer(team: Team, channel: str, text: str, **more: str) -> Message:
    """What nerbot says to Ada's words there."""
    before = len(team.slack.messages(channel, viewer="ada"))
    team.slack.say("ada", channel, text, **more)
    await team.slack.until(lambda: len(team.slack.messages(channel, viewer="ada")) > before + 1)
    return team.slack.messages(channel, viewer="ada")[-1]


async def test_a_greeting_and_a_sentence_are_answered_in_direct_messages(team: Team) -> None:
    hello = await answer(team, "dm", "hello")
    assert "Send me a sentence" in hello.shown
    assert hello.buttons == ["Label next", "Help"]
    await team.types("/label A patient with {fever=SYMPTOM} and {a cough=SYMPTOM}.")
    found = await answer(team, "dm", SENTENCE)
    assert "fever SYMPTOM" in found.shown
    assert "Right" in found.buttons
    missing = await answer(team, "dm", "train status")
    assert "Commands begin with a slash: type /train status" in missing.shown


async def test_a_mention_in_a_channel_is_answered_for_that_person_alone(team: Team) -> None:
    hello = await answer(team, "#triage", "@nerbot help")
    assert "Mention me with a sentence" in hello.shown
    assert hello.only_for == team.slack.workspace.person("ada").id
    await team.types("/label A patient with {fever=SYMPTOM} and {a cough=SYMPTOM}.")
    assert "fever SYMPTOM" in (await answer(team, "#triage", f"@nerbot {SENTENCE}")).shown


async def test_a_mention_in_a_thread_is_answered_in_it(team: Team) -> None:
    first = team.slack.say("linus", "#triage", "How is she?")
    hello = await answer(team, "#triage", "@nerbot hi", thread_ts=first.ts)
    assert hello.thread_ts == first.ts


async def test_an_event_that_slack_delivers_twice_is_answered_once(team: Team) -> None:
    ada, there = team.slack.workspace.person("ada").id, team.slack.workspace.direct_message
    said: JSON = {
        "type": "message",
        "channel_type": "im",
        "user": ada,
        "channel": there(ada).id,
        "text": "hello",
        "ts": "1.1",
    }
    ids: list[str] = []

    def same(payload: JSON) -> JSON:
        ids.append(payload["event_id"])
        return {**payload, "event_id": ids[0]}

    team.slack.alter = same
    await team.slack.event(said)
    await team.slack.event(said)
    await team.slack.until(lambda: team.slack.messages("dm", viewer="ada"))
    await asyncio.sleep(0.3)
    assert len(team.slack.messages("dm", viewer="ada")) == 1
