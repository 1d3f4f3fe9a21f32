"""The door: what Slack sends becomes typed values here, and nowhere else is a payload looked into."""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.project import Caller
from bot.errors import NotUnderstood
from bot.slack.text_normalization import decode

Payload = Mapping[str, Any]


def caller_of_command(body: Payload) -> Caller:
    """Who typed a slash command and where; the trigger id names the request."""
    return caller_of(
        body.get("team_id"), body.get("channel_id"), body.get("user_id"), body.get("trigger_id")
    )


def caller_of_action(body: Payload) -> Caller:
    """Who pressed a button and where."""
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    user = body.get("user") or {}
    team = (body.get("team") or {}).get("id") or user.get("team_id")
    return caller_of(team, channel, user.get("id"), body.get("trigger_id"))


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
    """The value of the pressed button."""
    actions = body.get("actions") or [{}]
    return str(actions[0].get("value") or "")


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
