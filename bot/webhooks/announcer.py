"""Tells whoever set a webhook up that it is paused."""

from bot.slack.messenger import Messenger
from bot.slack.telling.paused import PausedAnnouncer
from bot.webhooks.values import Webhook
from bot.webhooks.views import paused_view


def webhook_announcer(messenger: Messenger) -> PausedAnnouncer[Webhook]:
    """Says it by direct message."""
    return PausedAnnouncer(messenger, "webhook", paused_view)
