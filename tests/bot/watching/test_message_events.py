"""What counts as a message that somebody wrote, in the forms in which Slack tells of them."""

from typing import Any

import pytest

from bot.watching.message_events import read_event

US, APP = "U0BOT", "A0NERBOT"


def event(**more: Any) -> dict[str, Any]:
    """The body of an event about a message."""
    message = {"type": "message", "channel": "C1", "channel_type": "channel", "ts": "10.000100"}
    return {
        "team_id": "T1",
        "api_app_id": APP,
        "authorizations": [{"team_id": "T1", "user_id": US}],
        "event": {**message, **more},
    }


def changed(**more: Any) -> dict[str, Any]:
    """The body of an event about a change of a message."""
    message = {"type": "message", "user": "U1", "ts": "10.000100", **more}
    return event(subtype="message_changed", ts="20.000100", event_ts="20.000100", message=message)


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({"user": "U1", "text": "Fever &lt; 39"}, ("Fever < 39",)),
        (
            {"user": "U1", "text": "*Fever* of <@U2|ada>\n\nShe has _a cough_."},
            ("Fever of @ada", "She has a cough."),
        ),
        (
            {"user": "U1", "text": "See it", "subtype": "file_share", "files": [{"id": "F1"}]},
            ("See it",),
        ),
        ({"user": "U1", "text": "", "subtype": "file_share", "files": [{"id": "F1"}]}, ()),
        (
            {"user": "U1", "text": "To all", "subtype": "thread_broadcast", "thread_ts": "9.1"},
            ("To all",),
        ),
        ({"bot_id": "B1", "text": "Server down", "subtype": "bot_message"}, ("Server down",)),
        (
            {
                "bot_id": "B1",
                "app_id": "A1",
                "text": "",
                "attachments": [{"title": "Ticket", "text": "It has a fever"}],
            },
            ("Ticket", "It has a fever"),
        ),
    ],
)
def test_what_people_and_other_apps_write_is_read(
    more: dict[str, Any], lines: tuple[str, ...]
) -> None:
    read = read_event(event(**more), our_id=US)
    assert read is not None
    assert read.lines == lines
    assert read.revision == "10.000100"


@pytest.mark.parametrize(
    "more",
    [
        {"user": "U1", "text": "has joined", "subtype": "channel_join"},
        {"user": "U1", "text": "set the topic", "subtype": "channel_topic"},
        {"user": US, "text": "Training 1 is done", "bot_id": "B0"},
        {"bot_id": "B0", "app_id": APP, "text": "ours"},
        {"bot_id": "B0", "bot_profile": {"app_id": APP}, "text": "ours"},
        {"subtype": "message_replied", "message": {"ts": "10.000100"}},
        {"user": "U1", "text": "no time", "ts": ""},
    ],
)
def test_news_of_the_channel_and_what_nerbot_says_is_not(more: dict[str, Any]) -> None:
    assert read_event(event(**more), our_id=US) is None


def test_an_edit_is_a_later_revision_and_a_preview_is_none() -> None:
    edit = read_event(changed(text="new", edited={"user": "U1", "ts": "15.000100"}), our_id=US)
    preview = read_event(changed(text="old", attachments=[{"from_url": "https://x"}]), our_id=US)
    assert edit is not None
    assert preview is not None
    assert (edit.revision, preview.revision) == ("15.000100", "10.000100")


@pytest.mark.parametrize(
    "body",
    [
        event(subtype="message_deleted", deleted_ts="10.000100", ts="30.1", event_ts="30.1"),
        changed(subtype="tombstone", text="This message was deleted."),
    ],
)
def test_a_deleted_message_is_gone_also_where_its_thread_stays(body: dict[str, Any]) -> None:
    read = read_event(body, our_id=US)
    assert read is not None
    assert read.is_gone
    assert read.ts == "10.000100"
    assert read.revision > "10.000100"


def test_a_reply_knows_its_thread_and_the_first_message_of_one_does_not() -> None:
    reply = read_event(event(user="U1", text="x", thread_ts="9.000100"), our_id=US)
    first = read_event(event(user="U1", text="x", thread_ts="10.000100"), our_id=US)
    assert reply is not None
    assert first is not None
    assert (reply.thread_ts, first.thread_ts) == ("9.000100", None)


def test_who_writes_from_another_workspace_is_a_guest() -> None:
    body = event(user="U9", text="x", user_team="T9")
    read = read_event(body, our_id=US)
    assert read is not None
    assert read.is_guest
