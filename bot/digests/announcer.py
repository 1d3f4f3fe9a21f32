"""Posts digests in Slack."""

from bot.db.database import Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.transaction import Transaction
from bot.digests.commands import Digest, ForReviewers, News, Told
from bot.digests.repository import Digests
from bot.digests.views import digest_lost_view, digest_view, reminder_view
from bot.slack.messenger import Messenger, Post
from bot.slack.outbox import OutboxSender


async def tell_reviewer(tx: Transaction, person: str, waiting: ForReviewers) -> None:
    """Keep a direct message to a reviewer."""
    key = f"reminder of {person} at {tx.clock():%Y-%m-%d %H:%M}"
    message = reminder_view(waiting).to_message()
    await Outbox(tx).put(OutboxMessage(key, person, message, once=True))


class DigestAnnouncer:
    """Posts them in their channels; one whose channel takes none any more is switched off."""

    def __init__(self, store: Store, messenger: Messenger, sender: OutboxSender) -> None:
        self._store = store
        self._messenger = messenger
        sender.on_refused.append(self._refused)

    async def tell_digest(self, tx: Transaction, digest: Digest, news: News, told: Told) -> None:
        """Keep a digest that is to be posted; the sender finds it a moment after the commit."""
        # A clock that is set may come to the same due time again, with other news.
        key = f"digest {digest.id} up to {told.event} {told.run}"
        message = digest_view(digest, news).to_message()
        await Outbox(tx).put(OutboxMessage(key, digest.channel, message, once=True))

    async def _refused(self, workspace: str, key: str, _code: str) -> None:
        """The person who set it hears of it, once."""
        kind, number, *_ = key.split()
        if kind != "digest" or not number.isdecimal():
            return
        async with self._store.writing(workspace) as tx:
            off = await Digests(tx).off(int(number))
        if off is not None:
            lost = Post(workspace, f"lost digest {off.id}", off.person, digest_lost_view())
            await self._messenger.post(lost)
