"""Sends notifications to receivers: in order, each until it is taken, over restarts.

A receiver is a place in the record of its project. Nothing is written while it waits, a receiver that was down for an
hour gets everything in the same order afterwards, and one can go back to replay. What is taken is noted each second, so
a notification arrives twice only where its answer was lost or the process was killed; its id is then the same.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.db.database import Store
from bot.db.records.receivers import CLAIM
from bot.errors import SettingsError
from bot.jobs.delivery import FINE, Delivery
from bot.webhooks.repository import A_ROUND, Webhooks, WebhooksToServe
from bot.webhooks.signing import signed
from bot.webhooks.values import Coming, Notification, NotificationKind, Webhook

CALL_SECONDS = 10.0
NOTED_EVERY = timedelta(seconds=1)
"""A commit for each notification would be most of its time. What was taken since is sent again after a kill, under the
same id."""
_GONE = 410

TellPaused = Callable[[Webhook, str], Awaitable[None]]
"""Tells whoever set a receiver up that nothing is sent to it any more, and why."""


class WebhookSender(Delivery[Webhook, Coming]):
    """The one that talks to receivers; entered once a process."""

    name: ClassVar[str] = "webhook"

    def __init__(
        self,
        store: Store,
        receivers: WebhooksToServe,
        tell_paused: TellPaused,
        *,
        clock: Callable[[], datetime],
        call_within: float = CALL_SECONDS,
        **timing: Any,
    ) -> None:
        super().__init__(receivers, clock=clock, **timing)
        self._store = store
        self._tell_paused = tell_paused
        self._call_within = call_within
        self._session: ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to receivers."""
        if self._session is not None:
            await self._session.close()

    async def coming(self, receiver: Webhook) -> Coming | None:
        """What is next in the record of its project."""
        async with self._store.reading(receiver.workspace) as tx:
            coming = await Webhooks(tx).coming(receiver)
        return None if coming.place == self.place(receiver) else coming

    def place(self, receiver: Webhook) -> object:
        """How far it has got."""
        return receiver.event_position, receiver.run_position, receiver.entity_position

    async def deliver(self, receiver: Webhook, batch: Coming) -> str | None:
        """Send what is next, one after the other, until one is not taken; how far it has got is noted meanwhile."""
        noted, taken = self.clock(), dict[str, int]()
        try:
            for sent in batch.notifications:
                error = await self.send(receiver, sent)
                if error is not None:
                    if taken:
                        await self.receivers.keep(receiver.id, **FINE | taken)
                    return error
                taken |= _place(sent)
                if self.clock() - noted >= NOTED_EVERY:
                    claimed = {"claimed_until": self.clock() + CLAIM} | FINE | taken
                    await self.receivers.keep(receiver.id, **claimed)
                    noted = self.clock()
        except asyncio.CancelledError:  # a stop; the next start goes on behind what was taken
            if taken:
                await self.receivers.keep(receiver.id, **FINE | taken)
            raise
        await self.receivers.keep(
            receiver.id,
            **FINE,
            event_position=batch.event_position,
            run_position=batch.run_position,
            entity_position=batch.entity_position,
        )
        if len(batch.notifications) >= A_ROUND:
            self.wake()
        return None

    async def tell_paused(self, receiver: Webhook, error: str) -> None:
        """Say it to whoever set it up."""
        await self._tell_paused(receiver, error)

    def is_given_up(self, error: str) -> bool:
        """A receiver that says it is gone is gone."""
        return error == f"HTTP {_GONE}"

    async def send(self, receiver: Webhook, sent: Notification) -> str | None:
        """Send one notification; None where it was taken, else what was answered."""
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=self._call_within))
        return await post(self._session, receiver, sent, self.clock())


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
    if sent.entity_position is not None:
        return {"entity_position": sent.entity_position}
    return {} if sent.event_position is None else {"event_position": sent.event_position}


def made_test(receiver: Webhook, now: datetime) -> Notification:
    """A notification that says nothing but that it arrived."""
    number = f"test_{receiver.id}_{int(now.timestamp())}"
    return Notification(number, NotificationKind.TEST, now, {"webhook": receiver.id})
