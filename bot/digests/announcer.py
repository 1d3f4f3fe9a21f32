"""Posts digests in Slack."""

from bot.digests.commands import Digest, News
from bot.digests.views import digest_lost_view, digest_view
from bot.slack.messenger import Messenger, Post


class DigestAnnouncer:
    """Posts them in their channels."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def tell_digest(self, workspace: str, digest: Digest, news: News) -> bool:
        """Post a digest; False where its channel will take none any more, which the person who set it hears, once."""
        post = Post(workspace, f"digest {digest.id}", digest.channel, digest_view(digest, news))
        if await self._messenger.post(post):
            return True
        lost = f"that digest {digest.id} is off"
        await self._messenger.post(Post(workspace, lost, digest.person, digest_lost_view()))
        return False
