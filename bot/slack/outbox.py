"""Delivers the outbox: whatever nerbot says without being asked is a row first, and nothing that works waits for Slack.

Of a message only its newest state counts. What passes is tried again, six times over some hours; what Slack refuses
for good goes to the person behind it by direct message, once, and the message goes on there. What cannot be told at all
is a dead letter that owners see.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from cachetools import LRUCache

from bot.db.records.outbox import OutboxMessage, Outgoing
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.errors import StoreUnavailable
from bot.operations.logs import log_failure
from bot.operations.metrics import retried
from bot.slack.clients import Clients
from bot.slack.faults import Fault, fault_of, reason_for
from bot.slack.messenger import EDIT_EVERY_SECONDS, Draw, Picture, Place
from bot.slack.telling.pictures import post_illustrated, upload
from bot.slack.text import View, line

CALL_SECONDS = 20.0
"""How long one call may take; nothing waits for it but the message itself."""
_PICTURES_SHARE = 0.3
"""Of that time for drawing and uploading, which happens twice at most: the rest is the message's own."""
TRIES = 6
FIRST_RETRY_SECONDS, RETRY_FACTOR = 5.0, 6.0
"""Between tries: about 5 s, 30 s, 3 min, 18 min and 2 h."""
JITTER = 0.2
AT_ONCE = 8
FLUSH_SECONDS = 3.0
"""How long what is due is still delivered when the bot stops; the rest is when it starts again."""
IDLE_SECONDS = 2.0
"""How often the outbox is looked at for what another process put there, or a clock that was set back holds up."""
PRUNE_EVERY = timedelta(hours=1)
_REMEMBERED = 500
_LET_OUT = frozenset({"account_inactive", "token_revoked"})
"""Slack's words for a workspace that took nerbot out."""

log = logging.getLogger(__name__)

Placed = Callable[[str, str, Place], Awaitable[None]]
"""Hears of the workspace and key of a message, and where Slack put it."""
Refused = Callable[[str, str, str], Awaitable[None]]
"""Hears of the workspace and key of a message, and the word by which Slack refused its place for good."""


class OutboxSender:
    """The one that talks to Slack; entered once a process."""

    def __init__(
        self,
        delivery: OutboxDelivery,
        clients: Clients,
        *,
        clock: Callable[[], datetime],
        draw: Draw | None = None,
        call_within: float = CALL_SECONDS,
        first_retry: float = FIRST_RETRY_SECONDS,
        edit_every: float = EDIT_EVERY_SECONDS,
    ) -> None:
        self._delivery = delivery
        self._clients = clients
        self._clock = clock
        self._draw = draw
        self._call_within = call_within
        self._first_retry = first_retry
        self._edit_every = edit_every
        self._awake = asyncio.Event()
        self._stopping = False
        self._begun = False
        self._pruned = datetime.min.replace(tzinfo=UTC)
        self._resting = False
        self._running: asyncio.Task[None] | None = None
        self._told: LRUCache[tuple[str, str], datetime] = LRUCache(_REMEMBERED)
        self._settled: LRUCache[tuple[str, str], asyncio.Event] = LRUCache(_REMEMBERED)
        self._claimed: set[int] = set()
        self.at_work: set[asyncio.Task[None]] = set()
        self.on_placed: list[Placed] = []
        self.on_refused: list[Refused] = []
        self.on_let_out: Callable[[str], Awaitable[None]] | None = None

    def wake(self) -> None:
        """Look at the outbox now."""
        self._awake.set()

    def rest(self) -> None:
        """Make no call any more: our token holds no longer. What waits is kept."""
        self._resting = True

    def not_before(self, workspace: str, new: OutboxMessage) -> datetime | None:
        """Messages that follow something are edited every few seconds, not at every step."""
        told = self._told.get((workspace, new.key))
        if new.final or told is None:
            return None
        return told + timedelta(seconds=self._edit_every)

    async def settled(self, workspace: str, key: str, *, within: float) -> Outgoing | None:
        """Wait a moment for what becomes of a message; the message as it is then."""
        done = self._settled.setdefault((workspace, key), asyncio.Event())
        kept = await self._delivery.place_of(workspace, key)
        if kept is not None and kept.is_settled:
            return kept
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await done.wait()
        return await self._delivery.place_of(workspace, key)

    async def withdraw(self, workspace: str, key: str) -> None:
        """Forget a message that no place takes, because it was told in another way."""
        await self._delivery.withdraw(workspace, key)

    async def prune(self) -> None:
        """Forget what was delivered, or given up, long ago; looks for it once an hour, however often it is called."""
        now = self._clock()
        if abs(now - self._pruned) < PRUNE_EVERY:
            return
        self._pruned = now
        await self._delivery.prune()

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run(), name="outbox")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What was kept until now is delivered, if that takes no longer than a moment."""
        self._stopping = True
        self.wake()
        assert self._running is not None
        await asyncio.wait({self._running}, timeout=FLUSH_SECONDS)
        self._running.cancel()
        for task in (self._running, *self.at_work):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        """Deliver until the bot stops and nothing is due."""
        while True:
            self._awake.clear()
            try:
                wait, idle = await self._round()
            except StoreUnavailable as error:
                log.warning("the outbox could not be read: %s", error)
                wait, idle = IDLE_SECONDS, True
            if self._stopping and idle and not self.at_work:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._awake.wait()

    async def _round(self) -> tuple[float, bool]:
        """Begin what is due; the seconds until the next look, and whether nothing was."""
        if self._resting:
            return IDLE_SECONDS, True
        if not self._begun:
            await self._delivery.begin()
            self._begun = True
        room = AT_ONCE - len(self.at_work)
        claimed = (
            await self._delivery.claim(limit=room, besides=tuple(self._claimed)) if room > 0 else ()
        )
        for sent in claimed:
            task = asyncio.create_task(self._deliver(sent), name=f"tell {sent.key}")
            self.at_work.add(task)
            task.add_done_callback(self._ended)
        if claimed:
            return (0.0 if len(claimed) == room else IDLE_SECONDS), False
        due = await self._delivery.next_due()
        if due is None:
            return IDLE_SECONDS, True
        wait = max((due - self._clock()).total_seconds(), 0.05)
        return min(wait, IDLE_SECONDS), wait > IDLE_SECONDS or self._stopping

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.at_work.discard(task)
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            log_failure(log, f"{task.get_name()} failed", error)

    async def _deliver(self, sent: Outgoing) -> None:
        self._claimed.add(sent.id)
        try:
            await self._try(sent)
        finally:
            self._claimed.discard(sent.id)

    async def _try(self, sent: Outgoing) -> None:
        try:
            async with asyncio.timeout(self._call_within):
                place = await self._call(sent)
        except StoreUnavailable:
            return  # claimed again in a minute
        except Exception as error:  # noqa: BLE001 - whatever Slack answers and slack_sdk makes of it
            await self._failed(sent, fault_of(error))
            return
        self._told[sent.workspace, sent.key] = self._clock()
        if place is not None and place != sent.place:
            for listener in self.on_placed:
                await listener(sent.workspace, sent.key, place)
        await self._delivery.delivered(sent, place=place)
        self._settle(sent)

    async def _call(self, sent: Outgoing) -> Place | None:
        """One call of Slack's API; where the message is after it. None for pictures."""
        if "text" not in sent.message:
            await self._show_pictures(sent)
            return None
        client = (await self._clients.of(sent.workspace)).once
        if sent.place is not None:
            channel, timestamp = sent.place
            await client.chat_update(channel=channel, ts=timestamp, **self._message(sent))
            return Place(channel, timestamp)
        pictures = [Picture(**each) for each in sent.message.get("pictures", ())]
        draw = self._draw or _draws_nothing
        within = self._call_within * _PICTURES_SHARE
        return await post_illustrated(
            client, draw, sent.channel, self._message(sent), pictures, within=within
        )

    def _message(self, sent: Outgoing) -> dict[str, Any]:
        if sent.refused is None:
            return {name: value for name, value in sent.message.items() if name != "pictures"}
        reason = reason_for(sent.refused, sent.subject or "this")
        view = View(reason, (line(reason),)).to_message()
        return {
            "text": f"{sent.message['text']}\n{view['text']}",
            "blocks": [*sent.message.get("blocks", ()), *view["blocks"]],
        }

    async def _show_pictures(self, sent: Outgoing) -> None:
        of = await self._delivery.place_of(sent.workspace, sent.thread_of or "")
        if self._draw is None or of is None or of.dead_at is not None:
            return  # there is nothing to draw with, or no thread
        if of.place is None:
            raise _NotYetError
        pictures = [Picture(**each) for each in sent.message["pictures"]]
        drawn = await self._draw([picture.to_json() for picture in pictures])
        client = (await self._clients.of(sent.workspace)).once
        await upload(client, of.place[0], pictures, drawn, thread=of.place[1])

    # what did not arrive

    async def _failed(self, sent: Outgoing, fault: Fault) -> None:
        if fault.code in _LET_OUT and self.on_let_out is not None:
            await self.on_let_out(sent.workspace)
        tries = sent.attempts + 1
        if fault.stays or (tries >= TRIES and not fault.passes):
            await self._refused(sent, fault)
            return
        gives_up = tries >= TRIES and sent.final
        if gives_up:
            log.error("%s is given up after %d tries: %s", sent.key, tries, fault.code)
            self._settle(sent)
        retried(fault.code)
        wait = max(self._backoff(sent.attempts), fault.after or 0.0)
        due = self._clock() + timedelta(seconds=wait)
        await self._delivery.failed(sent, error=fault.code, due_at=due, gives_up=gives_up)

    async def _refused(self, sent: Outgoing, fault: Fault) -> None:
        """Told once: in the log, and to the person, to whom the message goes from now on."""
        log.warning("Slack refuses %s for good: %s", sent.key, fault.code)
        if fault.is_about_the_place:
            for listener in self.on_refused:
                await listener(sent.workspace, sent.key, fault.code)
        if sent.refused is None and sent.person is not None and fault.is_about_the_place:
            await self._delivery.moved(sent, to=sent.person, refused=fault.code)
        else:
            await self._delivery.refused(sent, error=fault.code)
            self._settle(sent)

    def _backoff(self, attempts: int) -> float:
        spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
        return float(self._first_retry * RETRY_FACTOR ** min(attempts, TRIES - 2) * spread)

    def _settle(self, sent: Outgoing) -> None:
        if (done := self._settled.pop((sent.workspace, sent.key), None)) is not None:
            done.set()


async def _draws_nothing(_: Sequence[dict[str, Any]]) -> list[bytes]:
    return []


class _NotYetError(Exception):
    """The message in whose thread pictures go is not in Slack yet."""
