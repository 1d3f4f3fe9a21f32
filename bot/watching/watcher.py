"""The work behind watching: reads what waits, closes gaps, goes back in time, and carries corrections over."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from bot.db.database import Store
from bot.jobs.rounds import Failures, repeat
from bot.slack.history import HistoryUnavailable
from bot.watching.catching_up import CatchingUp
from bot.watching.correcting import Correcting
from bot.watching.keeping import Keeping
from bot.watching.reader import Reader
from bot.watching.receiving import Receiving
from bot.watching.repositories.messages import Messages
from bot.watching.repositories.watches import Watches
from bot.watching.texts import Texts
from bot.watching.values import WaitingMessage, Watch

AT_ONCE = 48
"""Messages that are read together."""
BATCHES = 2
"""So many times are under way: what comes next is split and predicted while one is written."""
LOOK_SECONDS = 2.0
CORRECTED_EVERY_SECONDS = 0.5
CAUGHT_UP_EVERY_SECONDS = 1.5
KEPT_EVERY_SECONDS = 5.0
COMPLETE_EVERY = timedelta(minutes=1)
_LONGEST_PAUSE = 600.0

log = logging.getLogger(__name__)


class Watcher:
    """Owns the tasks; entered once a process."""

    def __init__(
        self,
        store: Store,
        receiving: Receiving,
        reader: Reader,
        catching_up: CatchingUp,
        correcting: Correcting,
        keeping: Keeping,
        texts: Texts,
        *,
        workspace: str,
        clock: Callable[[], datetime],
        alone: bool,
    ) -> None:
        """`alone` says that no other process has this database open."""
        self._store = store
        self._receiving = receiving
        self._reader = reader
        self._catching_up = catching_up
        self._correcting = correcting
        self._keeping = keeping
        self._texts = texts
        self._workspace = workspace
        self._clock = clock
        self._alone = alone
        self._wake = asyncio.Event()
        self._gap = asyncio.Event()
        self._fetching: asyncio.Task[None] | None = None
        self._batches: set[asyncio.Task[None]] = set()
        self._batch_failures = Failures(log, "messages read together")
        self._fetch_failures = Failures(log, "texts of messages")
        self._tasks: list[asyncio.Task[None]] = []
        self._complete_since: datetime | None = None

    async def __aenter__(self) -> Self:
        self._receiving.on_new = self._wake.set
        await self._receiving.refresh()
        if self._alone:
            async with self._store.writing(self._workspace) as tx:
                await Messages(tx).free_all()
        self._gap.set()
        work = (
            ("read messages", self._read, LOOK_SECONDS, self._wake),
            ("correct entities", self._correct, CORRECTED_EVERY_SECONDS, None),
            ("keep messages", self._keep, KEPT_EVERY_SECONDS, None),
            ("catch up with channels", self._catch_up, CAUGHT_UP_EVERY_SECONDS, self._gap),
        )
        self._tasks = [
            asyncio.create_task(
                repeat(step, Failures(log, name), every=every, wake=wake), name=name
            )
            for name, step, every, wake in work
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What is not read yet waits for the next start."""
        tasks = [*self._tasks, *self._batches, *([self._fetching] if self._fetching else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def missed(self) -> None:
        """Slack may have told of messages while nobody heard: look for them."""
        self._complete_since = None
        self._gap.set()

    # reading

    async def _read(self) -> bool:
        """Begin to read some of what waits, beside what is read already; whether there may be more."""
        self._wake.clear()
        async with self._store.reading(self._workspace) as tx:
            if not await Messages(tx).waiting():
                return False
        if len(self._batches) >= BATCHES:
            await asyncio.wait(self._batches, return_when=asyncio.FIRST_COMPLETED)
        async with self._store.writing(self._workspace) as tx:
            claimed = await Messages(tx).claim(most=AT_ONCE)
        lines: dict[WaitingMessage, tuple[str, ...]] = {}
        missing: list[WaitingMessage] = []
        for each in claimed:
            text = self._text_of(each)
            if text is None:
                missing.append(each)
            else:
                lines[each] = text
        if missing:
            await self._fetch(missing)
        if lines:
            batch = asyncio.create_task(
                _noted(lambda: self._read_together(lines), self._batch_failures), name="batch"
            )
            self._batches.add(batch)
            batch.add_done_callback(self._batches.discard)
        return bool(claimed)

    async def _read_together(self, lines: Mapping[WaitingMessage, tuple[str, ...]]) -> None:
        left = await self._reader.read(lines, self._receiving.on_change)
        await self._leave(left)
        for each in lines:
            if each not in left:
                self._texts.drop(each.channel, each.ts, each.revision)

    def _text_of(self, message: WaitingMessage) -> tuple[str, ...] | None:
        found = self._texts.get(message.channel, message.ts, message.revision)
        if found is None and message.text is not None:
            return tuple(message.text.split("\n"))
        return found

    async def _fetch(self, messages: list[WaitingMessage]) -> None:
        """Ask Slack for texts, beside what is read meanwhile."""
        if self._fetching is not None:
            await self._fetching
        self._fetching = asyncio.create_task(
            _noted(lambda: self._catching_up.fetch(messages), self._fetch_failures),
            name="texts of messages",
        )

    async def _leave(self, messages: tuple[WaitingMessage, ...]) -> None:
        """What cannot be read now is tried again, after a pause that grows."""
        if not messages:
            return
        by_pause: dict[float, list[int]] = defaultdict(list)
        for each in messages:
            by_pause[min(2.0 ** min(each.attempts, 10), _LONGEST_PAUSE)].append(each.id)
        async with self._store.writing(self._workspace) as tx:
            for seconds, ids in by_pause.items():
                until = self._clock() + timedelta(seconds=seconds)
                await Messages(tx).free(ids, until=until)

    # corrections

    async def _correct(self) -> bool:
        return await self._correcting.look()

    # keeping

    async def _keep(self) -> bool:
        if await self._keeping.look():
            self._receiving.announce()
        return False

    # catching up

    async def _catch_up(self) -> bool:
        """Close gaps if there may be some, and go back one page in each channel that wants it."""
        await self._receiving.refresh()
        async with self._store.reading(self._workspace) as tx:
            watches = await Watches(tx).all()
        began = self._clock()
        try:
            if self._gap.is_set():
                await self._close_gaps(watches)
                self._complete_since = began
            elif self._complete_since and began - self._complete_since > COMPLETE_EVERY:
                await self._catching_up.keep_complete(watches, to=began - COMPLETE_EVERY)
                self._complete_since = began
            for watch in watches:
                await self._catching_up.go_back(watch)
        except HistoryUnavailable as error:
            log.info("channels are read later: %s", error)
            await asyncio.sleep(error.after)
        return False

    async def _close_gaps(self, watches: Sequence[Watch]) -> None:
        self._gap.clear()
        try:
            for watch in watches:
                await self._catching_up.close_gap(watch)
        except BaseException:
            self._gap.set()
            raise


async def _noted(work: Callable[[], Awaitable[None]], failures: Failures) -> None:
    """Do something beside the loops; messages of which it failed are claimed again later."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001 - what it is goes to the log
        failures.note(error)
    else:
        failures.over()
