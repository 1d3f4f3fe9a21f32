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
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from cachetools import LRUCache
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.database import Store
from bot.db.records.outbox import Outbox, OutboxDelivery, OutboxMessage, Outgoing
from bot.errors import StoreUnavailable
from bot.slack.faults import Fault, fault_of, reason_for
from bot.slack.messenger import (
    EDIT_EVERY_SECONDS,
    Draw,
    FollowedMessage,
    Picture,
    Pictures,
    Place,
    Post,
)
from bot.slack.text import View, line

PATIENCE_SECONDS = 8.0
"""How long Slack may take for what is shown at once."""
CALL_SECONDS = 20.0
"""How long one call may take; nothing waits for it but the message itself."""
TRIES = 6
FIRST_RETRY_SECONDS, RETRY_FACTOR = 5.0, 6.0
"""Between tries: about 5 s, 30 s, 3 min, 18 min and 2 h."""
JITTER = 0.2
AT_ONCE = 8
FLUSH_SECONDS = 3.0
"""How long what is due is still delivered when the bot stops; the rest is when it starts again."""
IDLE_SECONDS = 2.0
"""How often the outbox is looked at for what another process put there, or a clock that was set back holds up."""
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
        client: AsyncWebClient,
        *,
        clock: Callable[[], datetime],
        draw: Draw | None = None,
        call_within: float = CALL_SECONDS,
        first_retry: float = FIRST_RETRY_SECONDS,
        edit_every: float = EDIT_EVERY_SECONDS,
    ) -> None:
        self._delivery = delivery
        self._client = client
        self._clock = clock
        self._draw = draw
        self._call_within = call_within
        self._first_retry = first_retry
        self._edit_every = edit_every
        self._awake = asyncio.Event()
        self._stopping = False
        self._resting = False
        self._running: asyncio.Task[None] | None = None
        self._told: LRUCache[tuple[str, str], datetime] = LRUCache(_REMEMBERED)
        self._settled: LRUCache[tuple[str, str], asyncio.Event] = LRUCache(_REMEMBERED)
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
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await done.wait()
        return await self._delivery.place_of(workspace, key)

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
        room = AT_ONCE - len(self.at_work)
        claimed = await self._delivery.claim(limit=room) if room > 0 else ()
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
            log.error("%s ended with %s", task.get_name(), type(error).__name__, exc_info=error)

    async def _deliver(self, sent: Outgoing) -> None:
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
        if "pictures" in sent.message:
            await self._show_pictures(sent)
            return None
        if sent.place is not None:
            channel, timestamp = sent.place
            await self._client.chat_update(channel=channel, ts=timestamp, **self._message(sent))
            return Place(channel, timestamp)
        answer = await self._client.chat_postMessage(
            channel=sent.channel, unfurl_links=False, unfurl_media=False, **self._message(sent)
        )
        assert isinstance(answer.data, dict), "only files come in another form"
        return Place(str(answer.data["channel"]), str(answer.data["ts"]))

    def _message(self, sent: Outgoing) -> dict[str, Any]:
        if sent.refused is None:
            return sent.message
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
        await upload(self._client, of.place[0], pictures, drawn, thread=of.place[1])

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


class _NotYetError(Exception):
    """The message in whose thread pictures go is not in Slack yet."""


async def upload(
    client: AsyncWebClient,
    channel: str,
    pictures: Sequence[Picture],
    drawn: Sequence[bytes],
    *,
    thread: str | None = None,
) -> None:
    """Put drawn pictures into a channel or a thread."""
    files = [
        {"filename": p.name, "title": p.title, "alt_txt": p.alt, "content": content}
        for p, content in zip(pictures, drawn, strict=True)
    ]
    await client.files_upload_v2(
        channel=channel, thread_ts=thread, file_uploads=files, request_file_info=False
    )


class SlackMessenger:
    """Implements `Messenger`: what is to be said is kept for the sender; what is to be shown now is shown now."""

    def __init__(
        self,
        store: Store,
        sender: OutboxSender,
        client: AsyncWebClient,
        *,
        draw: Draw | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._store = store
        self._sender = sender
        self._client = client
        self._draw = draw
        self._patience = patience

    async def post(self, post: Post) -> None:
        """Say something once; the same key says nothing a second time."""
        message = post.view.to_message()
        await self._keep(post.workspace, OutboxMessage(post.key, post.channel, message, once=True))

    async def follow(self, message: FollowedMessage) -> None:
        """Say the newest state of something."""
        new = OutboxMessage(
            message.key,
            message.channel,
            message.view.to_message(),
            person=message.person,
            subject=message.subject,
            final=message.final,
            generation=message.generation,
            place=message.place,
        )
        await self._keep(message.workspace, new)

    async def illustrate(self, pictures: Pictures) -> None:
        """Show pictures in the thread of a message."""
        message = {"pictures": [picture.to_dict() for picture in pictures.pictures]}
        new = OutboxMessage(
            f"{pictures.of} pictures", pictures.channel, message, thread_of=pictures.of, once=True
        )
        await self._keep(pictures.workspace, new)

    async def _keep(self, workspace: str, new: OutboxMessage) -> None:
        async with self._store.writing(workspace) as tx:
            await Outbox(tx).put(new, not_before=self._sender.not_before(workspace, new))
        self._sender.wake()

    async def upload(
        self,
        workspace: str,  # noqa: ARG002 - one token, one workspace
        channel: str,
        pictures: Sequence[Picture],
    ) -> bool:
        """Show pictures in a channel now; False where they could not be shown."""
        if self._draw is None:
            return False
        try:
            drawn = await self._draw([picture.to_json() for picture in pictures])
            await upload(self._client, channel, pictures, drawn)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers: the one who asked is told that it failed
            log.warning("could not show %s: %s", pictures[0].name, fault_of(error).code)
            return False
        return True

    async def publish_home(self, workspace: str, person: str, view: dict[str, Any]) -> None:  # noqa: ARG002 - as above
        """Let a person's Home show this now."""
        try:
            async with asyncio.timeout(self._patience):
                await self._client.views_publish(user_id=person, view=view)
        except Exception as error:  # noqa: BLE001 - opening Home shows it again
            log.warning("Home was not published: %s", fault_of(error).code)
