"""Sends things to receivers: in order, each until it is taken, over restarts. Webhooks and outputs alike.

A receiver is a place in a record. Nothing is written while it waits, one that was down for an hour gets everything in
the same order afterwards, and one can go back to replay.
"""

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from bot.db.records.receivers import LONGEST_PAUSE, Receivers
from bot.errors import StoreUnavailable
from bot.operations.logs import log_failure

LOOKED_EVERY_SECONDS = 1.0
IDLE_EVERY_SECONDS = 10.0
"""How often it is looked whether there is a receiver by now, where there is none."""
AT_ONCE = 8
FIRST_RETRY_SECONDS, RETRY_FACTOR, JITTER = 5.0, 4.0, 0.2
GIVEN_UP_AFTER = timedelta(days=1)
FINE: dict[str, Any] = {"attempts": 0, "error": None, "failing_since": None}
"""What is noted of a receiver that took something."""

log = logging.getLogger(__name__)


class Receiver(Protocol):
    """Whoever is sent something."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def project_id(self) -> int:
        """Whose record it reads."""

    @property
    def attempts(self) -> int:
        """How often it has failed since it last took something."""

    @property
    def failing_since(self) -> datetime | None:
        """Since when."""


R = TypeVar("R", bound=Receiver)
B = TypeVar("B")


class Delivery(ABC, Generic[R, B]):
    """The one that talks to receivers of a kind; entered once a process. What is next for one is a `B`."""

    name: ClassVar[str]
    """What they are called in the log, such as webhook."""

    def __init__(
        self,
        receivers: Receivers[R],
        *,
        clock: Callable[[], datetime],
        first_retry: float = FIRST_RETRY_SECONDS,
        looked_every: float = LOOKED_EVERY_SECONDS,
        idle_every: float = IDLE_EVERY_SECONDS,
        alone: bool = False,
    ) -> None:
        """`alone` says that no other process has this database open: what one that was killed had begun is done at
        once."""
        self.receivers = receivers
        self.clock = clock
        self._first_retry = first_retry
        self._looked_every = looked_every
        self._idle_every = idle_every
        self._alone = alone
        self._running: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    @abstractmethod
    async def coming(self, receiver: R) -> B | None:
        """What is next for a receiver; None where nothing is."""

    @abstractmethod
    async def deliver(self, receiver: R, batch: B) -> str | None:
        """Send it, and note how far the receiver is; None where all of it was taken, else why not."""

    @abstractmethod
    def place(self, receiver: R) -> object:
        """How far a receiver is: where another process moved it, what is next is looked for again."""

    @abstractmethod
    async def tell_paused(self, receiver: R, error: str) -> None:
        """Tell whoever set it up that nothing is sent to it any more, and why."""

    def is_given_up(self, error: str) -> bool:
        """Whether it is of no use to try again."""
        del error
        return False

    async def close(self) -> None:
        """Close what is kept open between deliveries."""

    async def __aenter__(self) -> Self:
        if self._alone:
            await self.receivers.free()
        self._running = asyncio.create_task(self._run(), name=f"{self.name}s")
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

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            there = True
            self._wake.clear()
            try:
                there = await self.look()
            except StoreUnavailable as error:
                log.warning("%ss could not be read: %s", self.name, error)
            except Exception as error:  # noqa: BLE001 - the loop goes on, whatever one round met
                log_failure(log, f"{self.name}s failed", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._looked_every if there else self._idle_every):
                    await self._wake.wait()

    async def look(self) -> bool:
        """Send what is due to every receiver; whether there is one."""
        due = await self.receivers.due()
        limit = asyncio.Semaphore(AT_ONCE)

        async def serve(receiver: R) -> None:
            async with limit:
                await self._serve(receiver)

        async with asyncio.TaskGroup() as group:
            for receiver in due:
                group.create_task(serve(receiver))
        return bool(due)

    async def _serve(self, receiver: R) -> None:
        """Send what is next to one receiver, if anything is and no other process is at it."""
        batch = await self.coming(receiver)
        if batch is None:
            return
        taken = await self.receivers.claim(receiver.id)
        if taken is None:
            return
        if self.place(taken) == self.place(receiver):
            try:
                error = await self.deliver(taken, batch)
            except (
                asyncio.CancelledError
            ):  # a stop; another process need not wait until the claim is over
                await self.receivers.keep(taken.id, claimed_until=None)
                raise
            if error is not None:
                await self._failed(taken, error)
                return
        await self.receivers.keep(taken.id, claimed_until=None)

    async def _failed(self, receiver: R, error: str) -> None:
        now = self.clock()
        since, attempts = receiver.failing_since or now, receiver.attempts + 1
        values: dict[str, Any] = {
            "attempts": attempts,
            "error": error,
            "failing_since": since,
            "claimed_until": None,
            "due_at": now + self._pause(attempts),
        }
        log.warning("%s %d of project %d: %s", self.name, receiver.id, receiver.project_id, error)
        if now - since >= GIVEN_UP_AFTER or self.is_given_up(error):
            values["paused_at"] = now
            await self.tell_paused(receiver, error)
        await self.receivers.keep(receiver.id, **values)

    def _pause(self, attempts: int) -> timedelta:
        longest = LONGEST_PAUSE.total_seconds() / (1 + JITTER)
        seconds = min(self._first_retry * RETRY_FACTOR ** min(attempts - 1, 10), longest)
        return timedelta(
            seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
        )
