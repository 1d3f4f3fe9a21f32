"""The message somebody chose to label, as they saw it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TextRefused
from bot.labelling.message_text import read_message
from bot.slack import payloads
from tests.bot.invariants import unhurried


def message(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {"text": text, **more}}


def rich(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "rich_text", "elements": list(elements)}]


def section(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(runs)}


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, "style": style}


def test_each_line_is_kept_apart() -> None:
    assert read_message(message("one\n\n two &lt;3")).lines == ("one", "two <3")


def test_rich_text_comes_without_markup_and_lists_line_by_line() -> None:
    items = {"type": "rich_text_list", "elements": [section(words("a")), section(words("b"))]}
    blocks = rich(section(words("bold", bold=True), words(" *star*")), items)
    assert read_message(message("*bold* *star*", blocks=blocks)).lines == ("bold *star*", "a", "b")


@pytest.mark.parametrize(
    ("run", "seen"),
    [
        ({"type": "link", "url": "https://x.example", "text": "here"}, "here"),
        ({"type": "link", "url": "https://x.example"}, "https://x.example"),
        ({"type": "emoji", "name": "smile"}, "😄"),
        ({"type": "user", "user_id": "U1"}, "@U1"),
        ({"type": "channel", "channel_id": "C1"}, "#C1"),
        ({"type": "usergroup", "usergroup_id": "S1"}, "@S1"),
        ({"type": "broadcast", "range": "here"}, "@here"),
        ({"type": "date", "timestamp": 1, "format": "x", "fallback": "today"}, "today"),
    ],
)
def test_what_is_no_text_is_read_as_it_looks(run: dict[str, Any], seen: str) -> None:
    assert read_message(message("x", blocks=rich(section(run)))).lines == (seen,)


def test_where_the_blocks_say_nothing_the_text_is_read() -> None:
    assert read_message(message("words", blocks=rich(section()))).lines == ("words",)


@pytest.mark.parametrize("said", [{"bot_id": "B1"}, {"subtype": "bot_message"}])
def test_messages_of_apps_are_refused(said: dict[str, str]) -> None:
    with pytest.raises(TextRefused, match="by an app"):
        read_message(message("words", **said))


@unhurried
@given(st.text() | st.text("a \n<>&;:@#|!", max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        found = read_message(message(text))
    except TextRefused:
        return
    assert found.lines
    assert all(line == " ".join(line.split()) for line in found.lines)


def test_the_address_of_a_reply_names_its_thread() -> None:
    body = {
        "team": {"id": "T1", "domain": "little-clinic"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "message_ts": "1700000000.000100",
        "message": {"ts": "1700000000.000100", "thread_ts": "1690000000.000200"},
    }
    at = payloads.message_of_shortcut(body)
    assert at.link == (
        "https://little-clinic.slack.com/archives/C1/p1700000000000100"
        "?thread_ts=1690000000.000200&cid=C1"
    )


def test_no_address_is_built_of_what_is_no_name() -> None:
    body = {"team": {"domain": "evil.example/#"}, "channel": {"id": "C1"}, "message_ts": "1.1"}
    assert payloads.message_of_shortcut(body).link is None


@pytest.mark.parametrize(
    ("text", "asked"), [("She has fever.", True), ("help", False), ("", False), ("?", False)]
)
def test_a_question_to_the_model_is_told_from_asking_for_help(text: str, *, asked: bool) -> None:
    body = {"command": "/ner", "team_id": "T1", "user_id": "U1", "text": text}
    done = payloads.who_did(body, asking="/ner")
    assert done is not None
    assert done.asked is asked


def test_events_are_nobodys_doing() -> None:
    assert payloads.who_did({"type": "event_callback", "team_id": "T1"}, asking="/ner") is None
