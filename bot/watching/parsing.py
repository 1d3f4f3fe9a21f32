"""What is typed after /nerbot watch."""

import re

from bot.errors import NotUnderstood
from bot.slack.subcommands import Typed
from bot.watching.values import ShowWatches, StopWatching, WatchChannel

MOST_DAYS = 365
_USAGE = (
    "Use /nerbot watch #channel, /nerbot watch #channel since 30 days, or /nerbot watch stop #channel. Choose the "
    "channel from the list that Slack shows while you type."
)
_SINCE = re.compile(r"since ([0-9]{1,4}) days?", re.IGNORECASE)


def read_watch(typed: Typed) -> WatchChannel | ShowWatches:
    """`#channel`, with how far back or not; nothing for the list. Raises NotUnderstood."""
    if not typed.text:
        return ShowWatches()
    channel = _channel(typed)
    rest = typed.text.split(None, 1)[1:]
    if not rest:
        return WatchChannel(channel)
    found = _SINCE.fullmatch(rest[0])
    if found is None:
        raise NotUnderstood(_USAGE)
    days = int(found[1])
    if not 1 <= days <= MOST_DAYS:
        raise NotUnderstood(f"/nerbot watch reads from 1 to {MOST_DAYS} days back, not {days}.")
    return WatchChannel(channel, days)


def read_stop(typed: Typed) -> StopWatching:
    """`#channel`; raises NotUnderstood."""
    channel = _channel(typed)
    if len(typed.text.split()) != 1:
        raise NotUnderstood(_USAGE)
    return StopWatching(channel)


def _channel(typed: Typed) -> str:
    if len(typed.channels) != 1:
        raise NotUnderstood(_USAGE)
    return typed.channels[0]
