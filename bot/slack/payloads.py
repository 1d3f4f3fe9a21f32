"""What Slack sends becomes typed values here; nowhere else is a payload looked into."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.flags import MAX_NOTE
from bot.domain.project import Caller
from bot.errors import NotUnderstood, PersonError, TextRefused
from bot.slack.marks import without_line_marks, without_marks
from bot.slack.senders import is_guest, is_own_surface, is_private_channel, person_of, workspace_of
from bot.slack.text_normalization import (
    CleanText,
    clean,
    decode,
    unquoted,
    without_long_links,
)
from ner_engine.annotation import MAX_LABEL, parse_label
from ner_engine.errors import EngineError

Payload = Mapping[str, Any]


def caller_of_command(body: Payload) -> Caller:
    """Who typed a slash command and where; the trigger id names the request."""
    caller = caller_of(
        workspace_of(body), body.get("channel_id"), body.get("user_id"), body.get("trigger_id")
    )
    private = is_private_channel(body.get("channel_name"))
    return replace(caller, is_private=private, is_guest=is_guest(body))


def caller_of_action(body: Payload) -> Caller:
    """Who pressed a button and where."""
    container = body.get("container") or {}
    channel = body.get("channel") or {}
    place = channel.get("id") or container.get("channel_id")
    if not place and is_own_surface(body):
        place = person_of(body)
    caller = caller_of(workspace_of(body), place, person_of(body), body.get("trigger_id"))
    private = is_private_channel(channel.get("name"))
    return replace(caller, is_private=private, is_guest=is_guest(body))


def caller_of(workspace: object, channel: object, person: object, request: object) -> Caller:
    """Who asks, out of four ids; raises NotUnderstood where one is missing."""
    parts = (workspace, channel, person, request)
    if not all(isinstance(part, str) and part for part in parts):
        raise NotUnderstood(
            "Slack did not say which workspace, channel and person this comes from. Please try again."
        )
    workspace_id, channel_id, person_id, request_id = (str(part) for part in parts)
    is_direct = channel_id == person_id or channel_id.startswith("D")
    return Caller(workspace_id, channel_id, person_id, request_id, is_direct)


def text_of_command(body: Payload) -> str:
    """The text behind a command as the person saw it."""
    return decode(str(body.get("text") or "")).strip()


def action_value(body: Payload) -> str:
    """The value of the pressed button, or of what was chosen in a menu."""
    return value_of((body.get("actions") or [{}])[0])


def value_of(action: Mapping[str, Any]) -> str:
    """The value of a button, or of what was chosen in a menu."""
    return str(action.get("value") or "") or chosen(action)


def chosen(element: Mapping[str, Any]) -> str:
    """The value of what was chosen in a menu."""
    return str((element.get("selected_option") or {}).get("value") or "")


def inputs_of(body: Payload) -> Mapping[str, Mapping[str, Any]]:
    """What stands in the inputs of a modal: its blocks by id, in each the elements by action."""
    return ((body.get("view") or {}).get("state") or {}).get("values") or {}


def read_id(value: str) -> int:
    """A row's id out of a button; raises NotUnderstood for anything else."""
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise NotUnderstood(
            "This button is not one of nerbot's. Ask for the sentence again with /label."
        )
    return int(value)


def read_place(value: str) -> tuple[str, int]:
    """What is kept under an opaque id, and which part of it a button speaks of."""
    offer, _, index = value.rpartition(":")
    return offer, read_id(index)


HELP = frozenset({"help", "?", "usage", "--help", "-h"})


class HelpWanted(NotUnderstood):
    """Somebody asked for the usage of a command."""


def read_words(text: str, what: str = "note") -> str:
    """What somebody says about a label, a sentence or a decision: one clean line, as long as it can be shown
    everywhere. Raises NotUnderstood and TextRefused."""
    words = clean(text).text if text else ""
    if len(words) > MAX_NOTE:
        raise NotUnderstood(f"Your {what} has {len(words):,} characters; the limit is {MAX_NOTE}.")
    return words


def read_label_name(word: str) -> str:
    """The label a typed word means; raises NotUnderstood."""
    try:
        return parse_label(unquoted(word.strip()))
    except EngineError as error:
        raise NotUnderstood(not_a_label(word)) from error


def not_a_label(word: str) -> str:
    """Why some words cannot be the name of a label."""
    return (
        f"“{word[:MAX_LABEL]}” cannot be a label. A label has letters and digits, with blanks, _, -, . or / between "
        f"them, such as SYMPTOM or side-effect; up to {MAX_LABEL} characters, and not O."
    )


def read_sentences(text: str) -> tuple[CleanText, ...]:
    """The sentences behind /ner, one a line; raises HelpWanted for none and TextRefused."""
    if not text or text.lower() in HELP:
        raise HelpWanted("")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        raise TextRefused(
            f"Up to {MAX_LINES} sentences at a time, one a line. These are {len(lines)}."
        )
    return tuple(map(read_sentence, lines))


def read_sentence(line: str) -> CleanText:
    """A sentence as it is stored, without the marks of Slack; raises TextRefused."""
    return clean(without_long_links(without_line_marks(without_marks(line))))


MAX_LINES = 20


_ACTIONS = frozenset({"block_actions", "message_action", "shortcut", "view_submission"})


def caller_without_channel(body: Payload) -> Caller:
    """Who used a global shortcut or a button of Home, which happen in no channel: the person's own stands for it."""
    return caller_of_action({**body, "channel": {"id": person_of(body)}})


def trigger_of(body: Payload) -> str:
    """What opens a modal, once and within three seconds."""
    return str(body.get("trigger_id") or "")


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """Where the message of a shortcut stands, and who asked."""

    person: str
    ts: str
    thread: str | None
    link: str | None
    """Its address as Slack builds them, where Slack itself does not say."""


def message_of_shortcut(body: Payload) -> MessagePlace:
    """Where the message of a message shortcut stands."""
    message = body.get("message") or {}
    ts = str(body.get("message_ts") or message.get("ts") or "")
    channel = str((body.get("channel") or {}).get("id") or "")
    domain = str((body.get("team") or {}).get("domain") or "")
    thread = message.get("thread_ts")
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    if thread:
        link += f"?thread_ts={thread}&cid={channel}"
    known = re.fullmatch(r"[a-z0-9-]+", domain) and channel and ts
    return MessagePlace(
        person_of(body), ts, str(thread) if thread else None, link if known else None
    )


@dataclass(frozen=True, slots=True)
class UserAction:
    """That a person did something with nerbot; `asked` if it was asking a model."""

    workspace: str
    person: str
    asked: bool = False
    is_guest: bool = False
    in_channel: bool = False


def who_did(body: Payload, *, asking: str) -> UserAction | None:
    """Who did something that Home may have to follow; None for events, which nobody does to nerbot."""
    if body.get("command"):
        asked = body["command"] == asking and _is_question(text_of_command(body))
        return _action(body, person_of(body), asked=asked, in_channel=True)
    if body.get("type") in _ACTIONS:
        return _action(body, person_of(body), in_channel="message" in body)
    return None


def _is_question(text: str) -> bool:
    try:
        return bool(read_sentences(text))
    except PersonError:
        return False


def home_opened(body: Payload) -> UserAction | None:
    """Who came to Home; None for its other tabs."""
    event = body.get("event") or {}
    if event.get("tab") != "home":
        return None
    return _action(body, person_of(body))


def _action(
    body: Payload, person: str, *, asked: bool = False, in_channel: bool = False
) -> UserAction | None:
    workspace = workspace_of(body)
    if not workspace or not person:
        return None
    return UserAction(workspace, person, asked, is_guest=is_guest(body), in_channel=in_channel)
