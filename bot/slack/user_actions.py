"""Payloads of what people do that is no command and no button of a message: shortcuts, Home, and that they did it."""

import re
from dataclasses import dataclass

from bot.domain.project import Caller
from bot.errors import PersonError
from bot.slack.command_text import read_sentences
from bot.slack.payloads import Payload, caller_of_action, chosen, text_of_command

_ACTIONS = frozenset({"block_actions", "message_action", "shortcut", "view_submission"})


def caller_without_channel(body: Payload) -> Caller:
    """Who used a global shortcut or a button of Home, which happen in no channel: the person's own stands for it."""
    return caller_of_action({**body, "channel": {"id": person_of(body)}})


def person_of(body: Payload) -> str:
    """The id of whoever did something that is no command."""
    return str((body.get("user") or {}).get("id") or "")


def choice_of(body: Payload) -> str:
    """What was chosen in a menu."""
    action = (body.get("actions") or [{}])[0]
    return chosen(action)


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


def who_did(body: Payload, *, asking: str) -> UserAction | None:
    """Who did something that Home may have to follow; None for events, which nobody does to nerbot."""
    if body.get("command"):
        asked = body["command"] == asking and _is_question(text_of_command(body))
        return _action(body.get("team_id"), body.get("user_id"), asked=asked)
    if body.get("type") in _ACTIONS:
        user = body.get("user") or {}
        return _action((body.get("team") or {}).get("id") or user.get("team_id"), user.get("id"))
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
    return _action(body.get("team_id"), event.get("user"))


def _action(workspace: object, person: object, *, asked: bool = False) -> UserAction | None:
    known = isinstance(workspace, str) and isinstance(person, str) and workspace and person
    return UserAction(str(workspace), str(person), asked) if known else None
