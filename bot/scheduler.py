"""The clock: APScheduler wakes the bot; which schedules there are and what is due is in the table alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from cronsim import CronSim, CronSimError

from bot.domain import Schedule
from bot.errors import InvalidSchedule
from bot.services.ports import Caretaker

LOOK_EVERY_SECONDS = 5
GRACE_SECONDS = 600

Fire = Callable[[str, Schedule], Awaitable[object]]
Chore = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


class CronCalendar:
    """Reads cron lines as Debian's cron does, daylight saving included.

    (APScheduler's own reader counts week days from Monday, so that `0` would not be Sunday.)
    """

    def next_due(self, cron: str, timezone: str, after: datetime) -> datetime:
        """The next due time in UTC; raises InvalidSchedule for a line or a zone that cannot be read."""
        # ZoneInfo looks a name up as a path: only names that are on the list get there.
        if timezone not in _timezones():
            raise InvalidSchedule(
                f"“{timezone}” is no time zone nerbot knows. Use a name such as Europe/Berlin or UTC."
            )
        try:
            due = next(CronSim(cron, after.astimezone(ZoneInfo(timezone))))
        except CronSimError as error:
            raise InvalidSchedule(
                f"“{cron}” is no cron line: minute, hour, day, month, day of week, such as 0 3 * * *."
            ) from error
        except StopIteration:
            raise InvalidSchedule(f"“{cron}” never comes due. Choose another time.") from None
        return due.astimezone(UTC)


class Clock:
    """Looks at the table of schedules every few seconds and at each due time, and fires what is due.

    The looks make it independent of clock jumps, of other replicas, and of what was missed while the bot was down; the
    slot's compare-and-set in the store makes sure that one look alone begins the run.
    """

    def __init__(
        self, caretaker: Caretaker, *, fire: Fire, chores: Chore, clock: Callable[[], datetime]
    ) -> None:
        self._caretaker = caretaker
        self._fire = fire
        self._chores = chores
        self._clock = clock
        self._looking: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": GRACE_SECONDS,
            },
        )

    async def __aenter__(self) -> "Clock":
        self._scheduler.add_job(
            self.look,
            IntervalTrigger(seconds=LOOK_EVERY_SECONDS),
            id="look",
            next_run_time=datetime.now(UTC),
        )
        self._scheduler.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._scheduler.shutdown(wait=False)
        if self._looking is not None:
            await asyncio.wait({self._looking})

    async def look(self) -> None:
        """Fire what is due, mirror what is to come, and do the chores that go with it.

        One look at a time; the scheduler's end does not cut it off in the middle of a transaction.
        """
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="look at the schedules")
        await asyncio.shield(self._looking)

    async def _look(self) -> None:
        try:
            await self._chores()
            for workspace, schedule in await self._caretaker.schedules():
                await self._look_at(workspace, schedule)
        except Exception:
            log.exception("a look at the schedules failed")

    async def _look_at(self, workspace: str, schedule: Schedule) -> None:
        if schedule.next_due <= self._clock():
            await self._fire(workspace, schedule)
            return
        self._scheduler.add_job(
            self.look,
            DateTrigger(schedule.next_due),
            id=f"schedule {schedule.id}",
            replace_existing=True,
        )
