"""What apps are told of messages: the events of a new, an edited and a deleted one."""

from bot.playground.state.message_payload import message_payload
from bot.playground.state.workspace import TOMBSTONE, Workspace
from bot.playground.values import JSON, Change, Channel


def message_events(change: Change, workspace: Workspace, events: frozenset[str]) -> list[JSON]:
    """The events that the app gets of a change, by what its manifest subscribes to and where it is a member.

    As in Slack, what the app itself posts is told, too; only in its direct messages this simulator does without. A
    message that mentions the app comes twice where both events are subscribed to: as message and as app_mention.
    """
    message, us = change.message, workspace.identity.bot_user_id
    channel = workspace.channels[message.channel]
    if not workspace.sees(us, channel):
        return []
    found = []
    if f"message.{_subscription(channel)}" in events and not (channel.is_im and message.user == us):
        found.append(_message_event(change, workspace, channel))
    is_mention = change.kind == "posted" and f"<@{us}" in message.text and message.user != us
    if is_mention and not channel.is_im and "app_mention" in events:
        found.append({**_posted(change, workspace, channel), "type": "app_mention"})
    return found


def channel_type(channel: Channel) -> str:
    """What events call the kind of a channel."""
    return "im" if channel.is_im else "group" if channel.is_private else "channel"


def _subscription(channel: Channel) -> str:
    return "im" if channel.is_im else f"{channel_type(channel)}s"


def _message_event(change: Change, workspace: Workspace, channel: Channel) -> JSON:
    kind = {"channel_type": channel_type(channel)}
    if change.kind == "posted":
        return _posted(change, workspace, channel) | kind
    ts = workspace.next_ts()
    event: JSON = {
        "type": "message",
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        **kind,
    }
    now = message_payload(change.message, workspace)
    if change.kind == "deleted":
        gone = {"deleted_ts": change.message.ts, "previous_message": now}
        return event | {"subtype": "message_deleted"} | gone
    assert change.previous is not None
    previous = message_payload(change.previous, workspace)
    if change.message.subtype == TOMBSTONE:
        now["hidden"] = True
    return event | {"subtype": "message_changed", "message": now, "previous_message": previous}


def _posted(change: Change, workspace: Workspace, channel: Channel) -> JSON:
    message = change.message
    payload = message_payload(message, workspace)
    return {**payload, "channel": channel.id, "event_ts": message.ts}
