"""Tells whoever set an output up that it is paused."""

from bot.domain.events import NOBODY
from bot.outputs.values import Output
from bot.outputs.views import paused_view
from bot.slack.messenger import Messenger, Post


class OutputAnnouncer:
    """Says it by direct message."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def tell_paused(self, output: Output, error: str) -> None:
        """Say that nothing is written any more, and why; where nobody is known for it, the list of outputs does."""
        if output.person == NOBODY:
            return
        key = f"output {output.id} paused {output.position}"
        await self._messenger.post(
            Post(output.workspace, key, output.person, paused_view(output, error))
        )
