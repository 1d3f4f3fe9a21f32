"""Asks Slack for messages that were not told of: what was written while nerbot was down, or before it watched."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.db.database import Store
from bot.slack.history import Histories, HistoryPage, HistoryRefused, HistoryUnavailable
from bot.watching.message_events import read_written
from bot.watching.receiving import Receiving
from bot.watching.repositories.messages import Messages
from bot.watching.repositories.watches import Watches
from bot.watching.texts import Texts
from bot.watching.values import ChannelMessage, WaitingMessage, Watch

MOST_WAITING = 400
"""While so many messages are to be read, no older ones are asked for."""
PAGE_SECONDS = 1.2
"""Between two pages: Slack allows fifty a minute."""
_REFUSED_FOR = timedelta(minutes=10)
_GONE_AFTER = 3
"""So often a message is not found before it counts as deleted."""

log = logging.getLogger(__name__)


def slack_time(moment: datetime) -> str:
    """A moment in the form in which Slack names messages."""
    return f"{moment.timestamp():.6f}"


class CatchingUp:
    """Reads pages of channels. All raise HistoryUnavailable and StoreUnavailable, and go on where they were."""

    def __init__(
        self,
        store: Store,
        histories: Histories,
        receiving: Receiving,
        texts: Texts,
        *,
        workspace: str,
        me: str,
        clock: Callable[[], datetime],
        between: float = PAGE_SECONDS,
    ) -> None:
        self._store = store
        self._histories = histories
        self._receiving = receiving
        self._texts = texts
        self._workspace = workspace
        self._me = me
        self._clock = clock
        self._between = between

    async def close_gap(self, watch: Watch) -> None:
        """Read what was written since the channel was complete, which it is then."""
        async with self._store.reading(self._workspace) as tx:
            waiting = await Messages(tx).oldest_waiting(watch.id)
        now = slack_time(self._clock())
        oldest = min(watch.complete_to, waiting or watch.complete_to)
        try:
            async for page in self._pages(watch.channel, oldest=oldest, latest=""):
                await self._take(watch.channel, page, since=oldest)
        except HistoryRefused as error:
            await self._note(watch, refused=str(error))
            log.warning("watched channel %s cannot be read: %s", watch.channel, error)
            return
        await self._note(watch, complete_to=max(now, watch.complete_to), refused=None)

    async def keep_complete(self, watches: Iterable[Watch], *, to: datetime) -> None:
        """Note that nothing is missing until a moment, since Slack has told of everything all the time."""
        async with self._store.writing(self._workspace) as tx:
            for watch in watches:
                if watch.complete_to < slack_time(to):
                    await Watches(tx).change(watch.id, complete_to=slack_time(to))

    async def go_back(self, watch: Watch) -> bool:
        """Read one more page of what was written before the watch; whether there may be another one."""
        if watch.reached is None:
            return False
        async with self._store.reading(self._workspace) as tx:
            if await Messages(tx).waiting() > MOST_WAITING:
                return True
        try:
            history = await self._histories.of(self._workspace)
            page = await history.page(watch.channel, oldest=watch.since, latest=watch.reached)
            await self._take(watch.channel, page, since=watch.since)
        except HistoryRefused as error:
            await self._note(watch, refused=str(error))
            return False
        # Without Slack's cursor, which a restart would lose: the next page is what is older than this one.
        oldest = min((str(each.get("ts")) for each in page.messages), default=watch.reached)
        is_over = page.more is None or oldest == watch.reached
        await self._note(watch, reached=None if is_over else oldest, refused=None)
        return not is_over

    async def fetch(self, messages: Sequence[WaitingMessage]) -> None:
        """Get the texts of messages that wait; those that Slack has no more are gone."""
        by_place: dict[tuple[str, str | None], list[WaitingMessage]] = defaultdict(list)
        for each in messages:
            by_place[each.channel, each.thread_ts].append(each)
        for (channel, thread), mine in by_place.items():
            try:
                await self._fetch(channel, thread, mine)
            except HistoryRefused as error:
                log.warning("messages of channel %s cannot be read: %s", channel, error)
                await self._free(mine, self._clock() + _REFUSED_FOR)
            except HistoryUnavailable as error:
                await self._free(mine, self._clock() + timedelta(seconds=error.after))

    async def _fetch(
        self, channel: str, thread: str | None, messages: Sequence[WaitingMessage]
    ) -> None:
        wanted = {each.ts: each for each in messages}
        oldest, latest = min(wanted), max(wanted)
        async for page in self._pages(channel, oldest=oldest, latest=latest, thread=thread):
            found = [
                each
                for raw in page.messages
                if str(raw.get("ts")) in wanted
                and (each := read_written(raw, channel, our_id=self._me)) is not None
            ]
            for each in found:
                known = wanted.pop(each.ts)
                revision = max(each.revision, known.revision)
                self._texts.put(channel, each.ts, revision, each.lines)
            if not wanted:
                break
        now = slack_time(self._clock())
        gone = [
            ChannelMessage(channel, ts, max(now, ts), "", is_gone=True)
            for ts, each in wanted.items()
            if each.attempts >= _GONE_AFTER
        ]
        await self._receiving.receive(gone)
        late = [each for each in wanted.values() if each.attempts < _GONE_AFTER]
        await self._free([each for each in messages if each not in late], None)
        await self._free(late, self._clock() + timedelta(seconds=1))

    async def _take(self, channel: str, page: HistoryPage, *, since: str) -> None:
        """Note the messages of a page, and those in threads below them."""
        await self._receive(channel, page.messages)
        for raw in page.messages:
            if raw.get("reply_count") and str(raw.get("latest_reply") or "") >= since:
                thread = str(raw.get("ts"))
                async for replies in self._pages(channel, oldest=since, latest="", thread=thread):
                    await self._receive(channel, replies.messages)

    async def _receive(self, channel: str, messages: Sequence[Mapping[str, Any]]) -> None:
        read = (read_written(each, channel, our_id=self._me) for each in messages)
        await self._receiving.receive([each for each in read if each is not None])

    async def _pages(
        self, channel: str, *, oldest: str, latest: str, thread: str | None = None
    ) -> Any:
        more: str | None = None
        while True:
            history = await self._histories.of(self._workspace)
            if thread is None:
                page = await history.page(channel, oldest=oldest, latest=latest, more=more)
            else:
                page = await history.replies(
                    channel, thread, oldest=oldest, latest=latest, more=more
                )
            yield page
            more = page.more
            if more is None:
                return
            await asyncio.sleep(self._between)

    async def _free(self, messages: Sequence[WaitingMessage], until: datetime | None) -> None:
        if messages:
            async with self._store.writing(self._workspace) as tx:
                await Messages(tx).free([each.id for each in messages], until=until)
            if until is None:
                self._receiving.announce()

    async def _note(self, watch: Watch, **values: Any) -> None:
        async with self._store.writing(self._workspace) as tx:
            await Watches(tx).change(watch.id, **values)
