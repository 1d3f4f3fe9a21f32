"""Sends notifications to receivers: in order, each until it is taken, over restarts.

A receiver is a place in the record of its project. Nothing is written while it waits, a receiver that was down for an
hour gets everything in the same order afterwards, and one can go back to replay. What is taken is noted before the next
one is sent, so a notification can arrive twice only where its answer was lost; its id is then the same.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.db.database import Store
from bot.errors import SettingsError, StoreUnavailable
from bot.operations.logs import log_failure
from bot.webhooks.repository import CLAIM, LONGEST_PAUSE, Webhooks, WebhooksToServe
from bot.webhooks.signing import signed
from bot.webhooks.values import Notification, NotificationKind, Webhook

LOOKED_EVERY_SECONDS = 1.0
IDLE_EVERY_SECONDS = 10.0
"""How often it is looked whether there is a receiver by now, where there is none."""
CALL_SECONDS = 10.0
AT_ONCE = 8
FIRST_RETRY_SECONDS, RETRY_FACTOR, JITTER = 5.0, 4.0, 0.2
GIVEN_UP_AFTER = timedelta(days=1)
_GONE = 410
_FINE: dict[str, Any] = {"attempts": 0, "error": None, "failing_since": None}

log = logging.getLogger(__name__)

TellPaused = Callable[[Webhook, str], Awaitable[None]]
"""Tells whoever set a receiver up that nothing is sent to it any more, and why."""


class WebhookSender:
    """The one that talks to receivers; entered once a process."""

    def __init__(
        self,
        store: Store,
        receivers: WebhooksToServe,
        tell_paused: TellPaused,
        *,
        clock: Callable[[], datetime],
        call_within: float = CALL_SECONDS,
        first_retry: float = FIRST_RETRY_SECONDS,
        looked_every: float = LOOKED_EVERY_SECONDS,
        idle_every: float = IDLE_EVERY_SECONDS,
    ) -> None:
        self._store = store
        self._receivers = receivers
        self._tell_paused = tell_paused
        self._clock = clock
        self._call_within = call_within
        self._first_retry = first_retry
        self._looked_every = looked_every
        self._idle_every = idle_every
        self._session: ClientSession | None = None
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run(), name="webhooks")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What is being sent is sent again by the next start."""
        assert self._running is not None
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        await self.close()

    async def close(self) -> None:
        """Close the connections to receivers."""
        if self._session is not None:
            await self._session.close()

    async def _run(self) -> None:
        while True:
            there = False
            try:
                there = await self.look()
            except StoreUnavailable as error:
                log.warning("webhooks could not be read: %s", error)
            except Exception as error:  # noqa: BLE001 - the loop goes on, whatever one round met
                log_failure(log, "webhooks failed", error)
            await asyncio.sleep(self._looked_every if there else self._idle_every)

    async def look(self) -> bool:
        """Send what is due to every receiver; whether there is one."""
        due = await self._receivers.due()
        limit = asyncio.Semaphore(AT_ONCE)

        async def serve(receiver: Webhook) -> None:
            async with limit:
                await self._serve(receiver)

        async with asyncio.TaskGroup() as group:
            for receiver in due:
                group.create_task(serve(receiver))
        return bool(due)

    async def _serve(self, receiver: Webhook) -> None:
        """Send what is next to one receiver, if anything is and no other process is at it."""
        async with self._store.reading(receiver.workspace) as tx:
            coming = await Webhooks(tx).coming(receiver)
        reached = (coming.event_position, coming.run_position)
        if reached == (receiver.event_position, receiver.run_position):
            return
        taken = await self._receivers.claim(receiver.id)
        if taken is None or taken.position != receiver.position:
            if taken is not None:
                await self._receivers.keep(receiver.id, claimed_until=None)
            return
        for sent in coming.notifications:
            error = await self.send(taken, sent)
            if error is not None:
                await self._failed(taken, error)
                return
            claimed = {"claimed_until": self._clock() + CLAIM} | _FINE | _place(sent)
            await self._receivers.keep(taken.id, **claimed)
        await self._receivers.keep(
            taken.id,
            claimed_until=None,
            event_position=coming.event_position,
            run_position=coming.run_position,
        )

    async def send(self, receiver: Webhook, sent: Notification) -> str | None:
        """Send one notification; None where it was taken, else what was answered."""
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=self._call_within))
        return await post(self._session, receiver, sent, self._clock())

    async def _failed(self, receiver: Webhook, error: str) -> None:
        now = self._clock()
        since, attempts = receiver.failing_since or now, receiver.attempts + 1
        values: dict[str, Any] = {
            "attempts": attempts,
            "error": error,
            "failing_since": since,
            "claimed_until": None,
            "due_at": now + self._pause(attempts),
        }
        log.warning("webhook %d of project %d: %s", receiver.id, receiver.project_id, error)
        if now - since >= GIVEN_UP_AFTER or error == f"HTTP {_GONE}":
            values["paused_at"] = now
            await self._tell_paused(receiver, error)
        await self._receivers.keep(receiver.id, **values)

    def _pause(self, attempts: int) -> timedelta:
        longest = LONGEST_PAUSE.total_seconds() / (1 + JITTER)
        seconds = min(self._first_retry * RETRY_FACTOR ** min(attempts - 1, 10), longest)
        return timedelta(
            seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
        )


async def post(
    session: ClientSession, receiver: Webhook, sent: Notification, now: datetime
) -> str | None:
    """Post a signed notification once; None where it was taken, else what was answered."""
    try:
        body, headers = signed(receiver, sent, now)
    except SettingsError as error:
        return str(error)
    try:
        async with session.post(
            receiver.url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except TimeoutError:
        return "no answer in time"
    except (ClientError, OSError) as error:
        return type(error).__name__


def _place(sent: Notification) -> dict[str, int]:
    """How far a receiver is that has taken this."""
    if sent.run_position is not None:
        return {"run_position": sent.run_position}
    return {} if sent.event_position is None else {"event_position": sent.event_position}


def made_test(receiver: Webhook, now: datetime) -> Notification:
    """A notification that says nothing but that it arrived."""
    number = f"test_{receiver.id}_{int(now.timestamp())}"
    return Notification(number, NotificationKind.TEST, now, {"webhook": receiver.id})
