"""Tells people by direct message when what was to be forgotten is gone from the last model."""

from bot.erasure.views import done_view
from bot.slack.messenger import Messenger, Post


class ErasureAnnouncer:
    """Keeps one message an erasure for the outbox."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def tell_done(self, workspace: str, erasure_id: int, person: str) -> None:
        """Nothing is left."""
        await self._messenger.post(Post(workspace, f"erasure {erasure_id}", person, done_view()))
