"""Messages of channels, as Slack's events and its history tell of them."""

from collections.abc import Mapping
from typing import Any

from bot.errors import TextRefused
from bot.labelling.message_text import read_message
from bot.slack.payloads import Payload
from bot.slack.senders import is_guest
from bot.watching.values import ChannelMessage

_WRITTEN = frozenset({"", "file_share", "thread_broadcast", "bot_message", "me_message"})
"""What else Slack calls a message is news of the channel: who joined, what was pinned."""


def read_event(body: Payload, *, our_id: str) -> ChannelMessage | None:
    """What an event tells of a message; None where it is none that anybody wrote, or one of ours."""
    event: Mapping[str, Any] = body.get("event") or {}
    channel, subtype = str(event.get("channel") or ""), str(event.get("subtype") or "")
    app = str(body.get("api_app_id") or "")
    if subtype == "message_deleted":
        ts = str(event.get("deleted_ts") or "")
        return _gone(channel, ts, str(event.get("event_ts") or event.get("ts") or ts))
    if subtype == "message_changed":
        message: Mapping[str, Any] = event.get("message") or {}
        if message.get("subtype") == "tombstone":
            ts = str(message.get("ts") or "")
            return _gone(channel, ts, str(event.get("event_ts") or event.get("ts") or ts))
        return read_written(message, channel, our_id=our_id, our_app=app, guest=is_guest(body))
    return read_written(event, channel, our_id=our_id, our_app=app, guest=is_guest(body))


def read_written(
    message: Mapping[str, Any],
    channel: str,
    *,
    our_id: str,
    our_app: str = "",
    guest: bool = False,
) -> ChannelMessage | None:
    """A message as it is now, from an event or the channel's history; None where nobody wrote it, or we did."""
    ts, subtype = str(message.get("ts") or ""), str(message.get("subtype") or "")
    user, bot = str(message.get("user") or ""), str(message.get("bot_id") or "")
    app = str(message.get("app_id") or (message.get("bot_profile") or {}).get("app_id") or "")
    if not channel or not ts or subtype not in _WRITTEN or user == our_id:
        return None
    if app and app == our_app:
        return None
    edited = str((message.get("edited") or {}).get("ts") or "")
    thread = str(message.get("thread_ts") or "")
    return ChannelMessage(
        channel,
        ts,
        # A preview of a link that Slack adds later is no edit.
        max(edited, ts),
        user or bot,
        _lines_of(message),
        thread_ts=thread if thread and thread != ts else None,
        is_guest=guest,
    )


def _lines_of(message: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        return read_message({"message": message}).lines
    except TextRefused:
        return ()


def _gone(channel: str, ts: str, at: str) -> ChannelMessage | None:
    if not channel or not ts:
        return None
    return ChannelMessage(channel, ts, max(at, ts), "", is_gone=True)
