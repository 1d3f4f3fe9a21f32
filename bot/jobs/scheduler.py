"""The clock: APScheduler wakes the bot; which schedules there are and what is due is in the table alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Generic, Protocol, Self, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.operations.logs import log_failure

LOOK_EVERY_SECONDS = 3
"""A lease of 20 seconds and this are how long it takes until a run whose process died is told of: within 25."""
GRACE_SECONDS = 600

log = logging.getLogger(__name__)


class Scheduled(Protocol):
    """What is due at a time."""

    @property
    def id(self) -> int:
        """Its number, in all workspaces."""

    @property
    def next_due(self) -> datetime:
        """When it is due, in UTC."""


S = TypeVar("S", bound=Scheduled)
Read = Callable[[], Awaitable[Sequence[tuple[str, S]]]]
"""Reads everything that is scheduled, with its workspace."""
Fire = Callable[[str, S], Awaitable[object]]
Chore = Callable[[], Awaitable[None]]


class Clock(Generic[S]):
    """Looks at the table of schedules every few seconds and at each due time, and fires what is due.

    The looks make it independent of other replicas, of what was missed while the bot was down, and of clock jumps: they
    follow the event loop's clock, since APScheduler waits out an hour by which the machine's clock was set back. The
    slot's compare-and-set in the store makes sure that one look alone begins the run.
    """

    def __init__(
        self,
        read: Read[S],
        *,
        fire: Fire[S],
        set_right: Fire[S],
        chores: Chore,
        clock: Callable[[], datetime],
        every: float = LOOK_EVERY_SECONDS,
    ) -> None:
        self._read = read
        self._fire = fire
        self._set_right = set_right
        self._last_look: datetime | None = None
        self._chores = chores
        self._clock = clock
        self._every = every
        self._wake = asyncio.Event()
        self._closing = False
        self._looking: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": GRACE_SECONDS,
            },
        )

    async def __aenter__(self) -> Self:
        self._scheduler.start()
        self._looking = asyncio.create_task(self._keep_looking(), name="look at the schedules")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._scheduler.shutdown(wait=False)
        self._closing = True
        self._wake.set()
        if self._looking is not None:
            await self._looking  # to its end: a look is not cut off in the middle of a transaction

    async def _keep_looking(self) -> None:
        while not self._closing:
            self._wake.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._wake.wait()

    async def _wake_up(self) -> None:
        self._wake.set()

    async def look(self) -> None:
        """Do the chores, fire what is due and mirror what is to come; what fails of it keeps nothing else from it."""
        await _attempt(self._chores(), name="the chores")
        await _attempt(self._look_at_all(), name="a look at the schedules")

    async def _look_at_all(self) -> None:
        now = self._clock()
        # While nerbot was down the clock may have been set back, too.
        set_back = self._last_look is None or now < self._last_look
        schedules = await self._read()
        if set_back:
            for workspace, schedule in schedules:
                name = f"schedule {schedule.id}"
                await _attempt(self._set_right(workspace, schedule), name=name)
            schedules = await self._read()
        self._last_look = now
        for workspace, schedule in schedules:
            await _attempt(self._look_at(workspace, schedule), name=f"schedule {schedule.id}")

    async def _look_at(self, workspace: str, schedule: S) -> None:
        now = self._clock()
        if schedule.next_due <= now:
            await self._fire(workspace, schedule)
            return
        # APScheduler goes by this machine's clock, which may be another one.
        self._scheduler.add_job(
            self._wake_up,
            DateTrigger(datetime.now(UTC) + (schedule.next_due - now)),
            id=f"schedule {schedule.id}",
            replace_existing=True,
        )


async def _attempt(work: Awaitable[object], *, name: str) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001 - one chore that fails keeps no other from its turn
        log_failure(log, f"{name} failed", error)
