"""The message somebody chose to label, as they saw it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TextRefused
from bot.labelling.message_text import read_message
from bot.labelling.values.messages import WhyLeftOut
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


@pytest.mark.parametrize("said", [{"bot_id": "B1"}, {"subtype": "bot_message", "bot_id": "B2"}])
def test_messages_of_other_apps_are_read(said: dict[str, str]) -> None:
    assert read_message(message("A ticket came in.", **said)).lines == ("A ticket came in.",)


def test_nerbots_own_messages_are_refused() -> None:
    body = {"api_app_id": "A1", **message("words", bot_id="B1", app_id="A1")}
    with pytest.raises(TextRefused, match="by nerbot itself"):
        read_message(body)


def test_the_blocks_of_a_ticket_are_read_without_marks() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Ticket *4711*"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*Problem*: _severe_ nausea &amp; pain"},
        },
        {"type": "divider"},
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "`aspirin`"},
                {"type": "plain_text", "text": "2*3*4"},
            ],
        },
        {
            "type": "context",
            "elements": [
                {"type": "mrkdwn", "text": "by <@U1|ada>"},
                {"type": "image", "alt_text": "x"},
            ],
        },
        {
            "type": "actions",
            "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Close"}}],
        },
    ]
    lines = read_message(message("fallback", bot_id="B1", blocks=blocks)).lines
    assert lines == (
        "Ticket *4711*",
        "Problem: severe nausea & pain",
        "aspirin",
        "2*3*4",
        "by @ada",
    )


def test_a_forwarded_message_is_read() -> None:
    inner = {"message": {"blocks": rich(section(words("She has chest pain.")))}}
    attached = {
        "is_share": True,
        "from_url": "https://x.slack.com/archives/C1/p1",
        "text": "x",
        "message_blocks": [inner],
    }
    found = read_message(message("See this.", attachments=[attached]))
    assert found.lines == ("See this.", "She has chest pain.")


def test_the_text_of_an_old_attachment_is_read() -> None:
    attached = {
        "pretext": "New ticket", "title": "No *4711*", "text": "Nausea since Monday.", "fallback": "x",
        "fields": [{"title": "Drug", "value": "aspirin"}],
    }  # fmt: skip
    found = read_message(message("", subtype="bot_message", attachments=[attached]))
    assert found.lines == ("New ticket", "No 4711", "Nausea since Monday.", "Drug", "aspirin")


def test_what_only_a_fallback_says_is_read() -> None:
    assert read_message(message("", attachments=[{"fallback": "Nausea."}])).lines == ("Nausea.",)


def test_the_preview_of_a_link_is_not_the_messages_own_text() -> None:
    preview = {"from_url": "https://x.example", "title": "A title", "text": "Somebody else's."}
    assert read_message(message("Look.", attachments=[preview])).lines == ("Look.",)


def test_wrapped_lines_are_one_text() -> None:
    mail = "The patient was admitted with acute chest pain radiating to the left\narm and was given aspirin."
    assert read_message(message(mail)).lines == (mail.replace("\n", " "),)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("&gt; She has chest pain.", "She has chest pain."),
        ("• no fever", "no fever"),
        ("- no fever", "no fever"),
        ("&gt; 38 C since Monday", "> 38 C since Monday"),
        ("- 5 mmHg", "- 5 mmHg"),
    ],
)
def test_quotes_and_bullets_are_slacks(line: str, read: str) -> None:
    assert read_message(message(line)).lines == (read,)


def test_what_is_behind_the_limit_is_left_out_and_told() -> None:
    found = read_message(message("She has chest pain. " * 600))
    assert len(found.lines[0]) <= 10_000
    assert [piece.why for piece in found.left_out] == [WhyLeftOut.BEHIND]


def test_a_line_that_cannot_be_stored_costs_itself() -> None:
    found = read_message(message("No fever.\n\nbad \x07 line.\n\nNo pain."))
    assert found.lines == ("No fever.", "No pain.")
    assert [piece.why for piece in found.left_out] == [WhyLeftOut.UNREADABLE]


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
