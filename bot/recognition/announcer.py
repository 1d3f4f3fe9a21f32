"""Tells people, each in a message of their own, what a model has learned from them."""

from bot.recognition.values import Learned
from bot.recognition.views.notices import learned_view
from bot.slack.messenger import Messenger, Post


class CorrectionAnnouncer:
    """Posts them."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def tell_learned(self, workspace: str, learned: Learned) -> None:
        """Tell a person that a model finds what they corrected."""
        model = f"model {learned.version} of project {learned.project_id}"
        key = f"what {model} learned from {learned.person}"
        await self._messenger.post(Post(workspace, key, learned.person, learned_view(learned)))
