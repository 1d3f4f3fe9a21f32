"""The work behind watching: reads what waits, closes gaps, goes back in time, and carries corrections over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from bot.db.database import Store
from bot.errors import StoreUnavailable
from bot.operations.logs import log_failure
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

AT_ONCE = 24
"""Messages that are read together."""
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
        self._tasks: list[asyncio.Task[None]] = []
        self._complete_since: datetime | None = None
        self._pause_until = 0.0

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
            asyncio.create_task(_again(step, every, wake, name), name=name)
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
        tasks = [*self._tasks, *([self._fetching] if self._fetching else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def missed(self) -> None:
        """Slack may have told of messages while nobody heard: look for them."""
        self._complete_since = None
        self._gap.set()

    # reading

    async def _read(self) -> bool:
        """Read some of what waits; whether there may be more."""
        async with self._store.reading(self._workspace) as tx:
            if not await Messages(tx).waiting():
                return False
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
            left = await self._reader.read(lines)
            await self._leave(left)
            for each in lines:
                if each not in left:
                    self._texts.drop(each.channel, each.ts, each.revision)
            self._receiving.on_change()
        return bool(claimed)

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
            _guarded(lambda: self._catching_up.fetch(messages), "texts of messages"),
            name="texts of messages",
        )

    async def _leave(self, messages: tuple[WaitingMessage, ...]) -> None:
        """What cannot be read now is tried again, after a pause that grows."""
        for each in messages:
            pause = timedelta(seconds=min(2.0**each.attempts, _LONGEST_PAUSE))
            async with self._store.writing(self._workspace) as tx:
                await Messages(tx).free([each.id], until=self._clock() + pause)

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


Step = Callable[[], Awaitable[bool]]


async def _again(step: Step, every: float, wake: asyncio.Event | None, name: str) -> None:
    while True:
        more = False
        if wake is not None and name == "read messages":
            wake.clear()
        try:
            more = await step()
        except StoreUnavailable as error:
            log.warning("%s: %s", name, error)
        except Exception as error:  # noqa: BLE001 - the loop goes on, whatever one round met
            log_failure(log, f"{name} failed", error)
        if more:
            continue
        if wake is None:
            await asyncio.sleep(every)
            continue
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await wake.wait()


async def _guarded(work: Callable[[], Awaitable[None]], name: str) -> None:
    try:
        await work()
    except StoreUnavailable as error:
        log.warning("%s: %s", name, error)
    except Exception as error:  # noqa: BLE001 - messages are claimed again later
        log_failure(log, f"{name} failed", error)
