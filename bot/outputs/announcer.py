"""Tells whoever set an output up that it is paused."""

from bot.outputs.values import Output
from bot.outputs.views import paused_view
from bot.slack.messenger import Messenger
from bot.slack.telling.paused import PausedAnnouncer


def output_announcer(messenger: Messenger) -> PausedAnnouncer[Output]:
    """Says it by direct message."""
    return PausedAnnouncer(messenger, "output", paused_view)
