"""What an app that is subscribed to channels gets of their messages."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground.conftest import MANIFEST, Connected

Events = list[dict[str, Any]]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.yml"
    subscribed = "[app_home_opened, app_mention, message.channels, message.groups, message.im]"
    asked = '[commands, "chat:write", "channels:join"]'
    text = MANIFEST.replace("[app_home_opened]", subscribed)
    path.write_text(text.replace('[commands, "chat:write"]', asked), "utf-8")
    return path


@pytest.fixture
async def told(slack: Playground, app: AsyncApp, connected: Connected) -> AsyncIterator[Events]:
    """The payloads of the events that are sent to the app, oldest first; it acknowledges them all."""
    sent: Events = []

    def see(payload: dict[str, Any]) -> dict[str, Any]:
        sent.append(payload)
        return payload

    @app.event("message")
    @app.event("app_mention")
    async def listen() -> None:
        pass

    slack.alter = see
    async with connected(app):
        yield sent
    assert not slack.problems


def events(told: Events) -> list[dict[str, Any]]:
    return [payload["event"] for payload in told]


async def test_a_message_its_edit_and_its_deletion_are_told(
    slack: Playground, told: Events
) -> None:
    said = slack.say("ada", "#triage", "Fevr since Monday.")
    await slack.until(lambda: len(told) == 1)
    fixed = slack.edit("ada", said, "Fever since Monday.")
    await slack.until(lambda: len(told) == 2)
    slack.delete("ada", fixed)
    await slack.until(lambda: len(told) == 3)
    new, changed, deleted = events(told)
    assert (new["text"], new["ts"], new["channel_type"]) == (said.text, said.ts, "channel")
    assert (changed["subtype"], changed["message"]["ts"]) == ("message_changed", said.ts)
    assert changed["previous_message"]["text"] == "Fevr since Monday."
    assert changed["message"]["edited"]["user"] == said.user
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said.ts)
    assert deleted["previous_message"]["text"] == "Fever since Monday."


async def test_a_reply_says_which_thread_it_is_in(slack: Playground, told: Events) -> None:
    said = slack.say("ada", "#triage", "Who has the key?")
    slack.reply("grace", said, "Me.")
    await slack.until(lambda: len(told) == 2)
    assert {event.get("thread_ts") for event in events(told)} == {None, said.ts}


async def test_a_deleted_message_with_replies_becomes_a_tombstone(
    slack: Playground, told: Events
) -> None:
    said = slack.say("ada", "#triage", "Who has the key?")
    reply = slack.reply("grace", said, "Me.")
    slack.delete("ada", said)
    await slack.until(lambda: len(told) == 3)
    (changed,) = [event for event in events(told) if "subtype" in event]
    assert (changed["subtype"], changed["message"]["subtype"]) == ("message_changed", "tombstone")
    assert changed["previous_message"]["text"] == "Who has the key?"
    slack.delete("grace", reply)
    await slack.until(lambda: len(told) == 5)
    assert slack.now(said) is None


async def test_another_apps_message_has_no_user(slack: Playground, told: Events) -> None:
    slack.post_as_integration("Statusboard", "#triage", "The printer is back.")
    await slack.until(lambda: len(told) == 1)
    (event,) = events(told)
    assert (event["subtype"], event["username"], "user" in event) == (
        "bot_message",
        "Statusboard",
        False,
    )


async def test_nothing_is_told_of_a_channel_until_the_app_is_in_it(
    slack: Playground, told: Events
) -> None:
    slack.say("ada", "#random", "before")
    slack.invite("ada", "#random")
    slack.say("ada", "#random", "within")
    slack.remove_app("ada", "#random")
    slack.say("ada", "#random", "after")
    slack.say("ada", "#triage", "elsewhere")
    await slack.until(lambda: "elsewhere" in {event["text"] for event in events(told)})
    texts = [event["text"] for event in events(told) if event.get("subtype") != "channel_join"]
    assert sorted(texts) == ["elsewhere", "within"]


async def test_a_message_that_mentions_the_app_comes_as_both_events(
    slack: Playground, told: Events
) -> None:
    slack.say("ada", "#triage", "@toybot hello")
    await slack.until(lambda: len(told) == 2)
    assert {event["type"] for event in events(told)} == {"message", "app_mention"}


async def test_what_the_app_posts_and_changes_itself_is_told_in_channels(
    slack: Playground, told: Events, client: AsyncWebClient
) -> None:
    """Bolt's own filter is what keeps an app from answering itself."""
    posted = await client.chat_postMessage(channel="#triage", text="0 %")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="1 %")
    await slack.until(lambda: len(told) == 2)
    new, changed = events(told)
    assert new["bot_id"] == changed["message"]["bot_id"] == slack.workspace.identity.bot_id


async def test_an_event_can_come_twice_with_one_id(slack: Playground, told: Events) -> None:
    slack.events.twice = 1
    slack.say("ada", "#triage", "Fever.")
    await slack.until(lambda: len(told) == 2)
    assert len({body["event_id"] for body in told}) == 1


async def test_a_preview_of_a_link_is_a_change_without_an_edit(
    slack: Playground, told: Events
) -> None:
    said = slack.say("ada", "#triage", "See https://example.org/plan")
    await slack.until(lambda: len(told) == 1)
    slack.unfurl(said)
    await slack.until(lambda: len(told) == 2)
    assert "edited" not in events(told)[-1]["message"]
