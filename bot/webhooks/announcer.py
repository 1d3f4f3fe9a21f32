"""Tells whoever set a webhook up that it is paused."""

from bot.domain.events import NOBODY
from bot.slack.messenger import Messenger, Post
from bot.webhooks.values import Webhook
from bot.webhooks.views import paused_view


class WebhookAnnouncer:
    """Says it by direct message."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def tell_paused(self, receiver: Webhook, error: str) -> None:
        """Say that nothing is sent any more, and why; where nobody is known for it, the list of webhooks does."""
        if receiver.person == NOBODY:
            return
        key = f"webhook {receiver.id} paused {receiver.position}"
        view = paused_view(receiver, error)
        await self._messenger.post(Post(receiver.workspace, key, receiver.person, view))
