"""What Slack tells of messages in watched channels, noted before it is acknowledged."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from bot.db.database import Store
from bot.db.records.watched_texts import drop_texts_of
from bot.db.transaction import Transaction
from bot.operations.metrics import MESSAGES_SEEN
from bot.projects.repositories.projects import Projects
from bot.watching.amending import amend
from bot.watching.repositories.entities import Entities
from bot.watching.repositories.messages import Messages
from bot.watching.repositories.watches import Watches
from bot.watching.texts import Texts
from bot.watching.values import ChannelMessage, Watch


class Receiving:
    """Notes messages, each once however often it is told. Their texts are kept in memory only."""

    def __init__(self, store: Store, texts: Texts, *, workspace: str) -> None:
        self._store = store
        self._texts = texts
        self._workspace = workspace
        self._watches: Mapping[str, Sequence[Watch]] = {}
        self.on_new: Callable[[], None] = lambda: None
        """Called when there is something to read."""
        self.on_change: Callable[[], None] = lambda: None
        """Called when outputs are to be told something."""

    async def refresh(self) -> None:
        """Learn which channels are watched now."""
        async with self._store.reading(self._workspace) as tx:
            watches = await Watches(tx).all()
        by_channel: dict[str, list[Watch]] = defaultdict(list)
        for each in watches:
            by_channel[each.channel].append(each)
        self._watches = by_channel

    def announce(self) -> None:
        """There is something to read."""
        self.on_new()

    def is_watched(self, channel: str) -> bool:
        """Whether messages of a channel are read."""
        return channel in self._watches

    async def receive(self, messages: Sequence[ChannelMessage]) -> int:
        """Note messages of watched channels, in one transaction: how many of them are news. Raises StoreUnavailable;
        then Slack tells of them again."""
        wanted = [each for each in messages if self.is_watched(each.channel)]
        if not wanted:
            return 0
        news, is_changed = 0, False
        async with self._store.writing(self._workspace) as tx:
            tx.need_room()
            guests: dict[int, bool] = {}
            for each in wanted:
                for watch in self._watches[each.channel]:
                    if each.is_guest and not await _lets_in(tx, watch.project_id, guests):
                        continue
                    number = await Messages(tx).receive(watch, each)
                    if number is None:
                        continue
                    news += 1
                    if each.is_gone:
                        is_changed |= await _retract(tx, watch.project_id, number)
                    else:
                        self._texts.put(each.channel, each.ts, each.revision, each.lines)
        MESSAGES_SEEN.inc(news)
        if news:
            self.on_new()
        if is_changed:
            self.on_change()
        return news


async def _lets_in(tx: Transaction, project_id: int, known: dict[int, bool]) -> bool:
    """Whether what people of other workspaces write is read."""
    if project_id not in known:
        known[project_id] = (await Projects(tx).settings(project_id)).guests
    return known[project_id]


async def _retract(tx: Transaction, project_id: int, message_id: int) -> bool:
    entities = Entities(tx)
    await drop_texts_of(entities, project_id, [message_id])
    amendments = amend(await entities.of(project_id, message_id), ())
    await entities.apply(project_id, message_id, amendments)
    return any(each.told for each in amendments)
