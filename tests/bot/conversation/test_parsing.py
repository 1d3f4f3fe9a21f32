"""What a message to nerbot is: a greeting, a command without its slash, or sentences."""

from typing import Any

import pytest

from bot.conversation.parsing import read_heard, read_meant
from bot.conversation.values import Greeting, Sentences, SlashMissing
from bot.listening import COMMANDS


@pytest.mark.parametrize(
    "text",
    [
        "", "help", "Help!", "?", "hi", "Hello", "hello there", "hey nerbot", "Hi!!", "good morning", "thanks",
        "thank you", "👍", "...", "what can you do?", "How does this work", "who are you?", "help me please", "test",
        "ok thanks", "Hallo", "how do I use this?",
    ],
)  # fmt: skip
def test_greetings_and_calls_for_help_are_known(text: str) -> None:
    assert read_meant(text, COMMANDS) == Greeting()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("label", "/label"),
        ("Train", "/Train"),
        ("train status", "/train status"),
        ("label skip", "/label skip"),
        ("label SYMPTOM chest pain", "/label SYMPTOM chest pain"),
        ("label A patient with {fever=SYMPTOM}.", "/label A patient with {fever=SYMPTOM}."),
        ("nerbot stats", "/nerbot stats"),
        ("stats", "/nerbot stats"),
        ("undo", "/label undo"),
        ("status", "/train status"),
    ],
)
def test_a_command_without_its_slash_is_named_with_it(text: str, form: str) -> None:
    meant = read_meant(text, COMMANDS)
    assert isinstance(meant, SlashMissing)
    assert meant.form.lower() == form.lower()


@pytest.mark.parametrize(
    "text",
    [
        "She came in with chest pain and fever.",
        "ibuprofen",
        "Train accident injures five in Leeds.",
        "Label says take two tablets daily.",
        "Hi, the patient has had a fever since Monday.",
        "What the patient takes is codeine, 5 mg, twice daily since the operation.",
        "患者は発熱している。",
    ],
)
def test_anything_else_is_sentences(text: str) -> None:
    assert read_meant(text, COMMANDS) == Sentences(text)


def event(**more: Any) -> dict[str, Any]:
    said = {
        "type": "message",
        "user": "U1",
        "channel": "D1",
        "channel_type": "im",
        "text": "hi",
        "ts": "1.1",
    }
    return {"team_id": "T1", "event_id": "Ev1", "event": {**said, **more}}


def test_a_mention_is_not_part_of_what_is_said() -> None:
    heard = read_heard(
        event(type="app_mention", channel="C1", text="<@UBOT|nerbot>: fever &amp; pain"),
        our_id="UBOT",
    )
    assert heard is not None
    assert (heard.text, heard.is_direct, heard.channel) == ("fever & pain", False, "C1")


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": None},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"channel_type": "channel"},
    ],
)
def test_what_no_person_has_just_said_is_not_heard(more: dict[str, Any]) -> None:
    assert read_heard(event(**more), our_id="UBOT") is None
