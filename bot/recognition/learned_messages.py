"""Tells people, each in a message of their own, what a model has learned from them."""

from bot.recognition.correction_values import Learned
from bot.recognition.notice_views import learned_view
from bot.slack.messenger import Messenger, Post


class LearnedMessages:
    """Posts them."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def tell_learned(self, workspace: str, learned: Learned) -> None:
        """Tell a person that a model finds what they corrected."""
        key = f"what model {learned.version} of project {learned.project_id} learned"
        await self._messenger.post(Post(workspace, key, learned.person, learned_view(learned)))
