"""The clock and the calendar of scheduled trainings."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidSchedule
from bot.jobs import calendar
from bot.jobs.scheduler import Clock
from bot.training.commands import Schedule
from tests.bot.invariants import unhurried
from tests.support.patience import patient

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"

# --- the calendar -----------------------------------------------------------------------------------------------


def dues(cron: str, zone: str, after: str, count: int) -> list[str]:
    """The next due times on the clocks of the zone."""
    moment = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    times = []
    for _ in range(count):
        moment = calendar.next_due(cron, zone, moment)
        times.append(moment.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M %Z"))
    return times


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("0 3 * * *", BERLIN, "2026-03-27T12:00", ["03-28 03:00 CET", "03-29 03:00 CEST", "03-30 03:00 CEST"]),
        ("30 2 * * *", BERLIN, "2026-03-27T12:00", ["03-28 02:30 CET", "03-29 03:00 CEST", "03-30 02:30 CEST"]),
        ("30 2 * * *", BERLIN, "2026-10-24T12:00", ["10-25 02:30 CEST", "10-26 02:30 CET"]),
        ("0 3 * * *", BERLIN, "2026-10-24T12:00", ["10-25 03:00 CET", "10-26 03:00 CET"]),
        ("30 2 * * *", NEW_YORK, "2026-03-07T12:00", ["03-08 03:00 EDT", "03-09 02:30 EDT"]),
        ("30 1 * * *", NEW_YORK, "2026-10-31T12:00", ["11-01 01:30 EDT", "11-02 01:30 EST"]),
    ],
)  # fmt: skip
def test_a_time_of_day_is_kept_across_daylight_saving(
    cron: str, zone: str, after: str, expected: list[str]
) -> None:
    assert dues(cron, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("zone", "day"), [(BERLIN, "2026-03-28"), (BERLIN, "2026-10-24"), (NEW_YORK, "2026-11-01")]
)
def test_every_hour_stays_every_hour_across_daylight_saving(zone: str, day: str) -> None:
    moments = [datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=UTC)]
    for _ in range(48):
        moments.append(calendar.next_due("0 */1 * * *", zone, moments[-1]))
    assert {after - before for before, after in pairwise(moments)} == {timedelta(hours=1)}


def test_sunday_is_0_and_7_as_cron_has_it() -> None:
    assert dues("0 3 * * 0", "UTC", "2026-03-28T12:00", 1) == ["03-29 03:00 UTC"]
    assert dues("0 3 * * 7", "UTC", "2026-03-28T12:00", 1) == ["03-29 03:00 UTC"]


@pytest.mark.parametrize(
    "zone",
    ["Mars/Base", "europe/berlin", "Europe", "", "../etc/passwd", "/etc/passwd", "a" * 300, "zone.tab", "\0"],
)  # fmt: skip
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(InvalidSchedule, match="not a time zone"):
        calendar.next_due("0 3 * * *", zone, datetime.now(UTC))


@pytest.mark.parametrize(
    "cron", ["", "x", "0 3 * *", "60 3 * * *", "0 3 31 2 *", "*/0 * * * *", "5-1 * * * *"]
)
def test_a_cron_line_that_is_none_is_refused(cron: str) -> None:
    with pytest.raises(InvalidSchedule, match=r"not a valid cron line|never comes due"):
        calendar.next_due(cron, "UTC", datetime.now(UTC))


@unhurried
@given(
    st.sampled_from(["0 3 * * *", "30 2 * * *", "*/15 * * * *", "0 */6 * * *", "0 3 * * mon-fri"]),
    st.sampled_from(
        [BERLIN, NEW_YORK, "UTC", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
    ),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone follows
)
def test_the_next_time_is_always_later(cron: str, zone: str, after: datetime) -> None:
    assert calendar.next_due(cron, zone, after) > after


# --- the clock --------------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 27, 12, tzinfo=UTC)


def schedule(number: int, *, next_due: datetime, cron: str = "0 3 * * *") -> Schedule:
    return Schedule(number, 1, cron, BERLIN, "every day at 03:00", "U1", "C1", next_due)


class Table:
    """A table of schedules in memory, that is moved on as the store's is."""

    def __init__(self, *rows: Schedule, now: datetime = NOON) -> None:
        self.rows = {row.id: row for row in rows}
        self.now = now
        self.fired: list[tuple[int, datetime]] = []
        self.chores = 0
        self.broken: set[str] = set()
        self._moved = asyncio.Event()

    def time(self) -> datetime:
        return self.now

    async def schedules(self) -> tuple[tuple[str, Schedule], ...]:
        self._fail_if("table")
        return tuple(("T1", row) for row in self.rows.values())

    async def fire(self, _workspace: str, due: Schedule) -> None:
        self._fail_if(f"schedule {due.id}")
        if self.rows[due.id].next_due == due.next_due:
            self.fired.append((due.id, due.next_due))
            following = calendar.next_due(due.cron, due.timezone, self.now)
            self.rows[due.id] = replace(due, next_due=following)
            self._moved.set()

    async def set_right(self, _workspace: str, due: Schedule) -> None:
        following = calendar.next_due(due.cron, due.timezone, self.time())
        if following < due.next_due:
            self.rows[due.id] = replace(due, next_due=following)

    async def do_chores(self) -> None:
        self._fail_if("chores")
        self.chores += 1
        self._moved.set()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(patient(5)):
            while not condition():
                await self._moved.wait()
                self._moved.clear()

    def _fail_if(self, what: str) -> None:
        if what in self.broken:
            raise RuntimeError(f"{what} is broken")

    def clock(self, *, every: float = 60.0) -> Clock[Schedule]:
        return Clock(
            self.schedules,
            fire=self.fire,
            set_right=self.set_right,
            chores=self.do_chores,
            clock=self.time,
            every=every,
        )


async def test_what_is_due_is_fired_once() -> None:
    table = Table(schedule(1, next_due=NOON))
    clock = table.clock()
    await clock.look()
    await clock.look()
    assert table.fired == [(1, NOON)]


async def test_what_is_not_due_is_not_fired() -> None:
    table = Table(schedule(1, next_due=NOON + timedelta(seconds=1)))
    await table.clock().look()
    assert table.fired == []


async def test_slots_missed_in_a_week_are_caught_up_once() -> None:
    week_ago = NOON - timedelta(days=7)
    table = Table(schedule(1, next_due=week_ago))
    clock = table.clock()
    for _ in range(5):
        table.now += timedelta(seconds=5)
        await clock.look()
    assert table.fired == [(1, week_ago)]


async def test_three_days_of_looks_fire_each_slot_once() -> None:
    """Over the night in which clocks in Berlin go forward."""
    table = Table(schedule(1, next_due=calendar.next_due("0 3 * * *", BERLIN, NOON)))
    clock = table.clock()
    while table.now < NOON + timedelta(hours=72):
        table.now += timedelta(seconds=30)
        await clock.look()
    assert [f"{due:%d %H:%M}" for _, due in table.fired] == ["28 02:00", "29 01:00", "30 01:00"]


async def test_a_clock_that_was_a_year_ahead_and_is_set_back_fires_tomorrow() -> None:
    table = Table(schedule(1, next_due=NOON), now=NOON + timedelta(days=365))
    clock = table.clock()
    await clock.look()
    table.now = NOON
    await clock.look()
    table.now += timedelta(days=1)
    await clock.look()
    assert [f"{due:%Y-%m-%d}" for _, due in table.fired] == ["2026-03-27", "2026-03-28"]


async def test_a_clock_that_is_set_back_fires_nothing_twice() -> None:
    table = Table(schedule(1, next_due=NOON))
    clock = table.clock()
    await clock.look()
    table.now -= timedelta(hours=1)
    await clock.look()
    table.now += timedelta(hours=2)
    await clock.look()
    assert table.fired == [(1, NOON)]


@pytest.mark.parametrize("broken", ["schedule 1", "chores"])
async def test_a_failure_does_not_keep_other_schedules_from_firing(broken: str) -> None:
    table = Table(schedule(1, next_due=NOON), schedule(2, next_due=NOON))
    table.broken = {broken}
    await table.clock().look()
    assert (2, NOON) in table.fired


@pytest.mark.parametrize("broken", ["schedule 1", "chores", "table"])
async def test_a_look_that_fails_does_not_stop_the_next(broken: str) -> None:
    table = Table(schedule(1, next_due=NOON))
    table.broken = {broken}
    clock = table.clock()
    await clock.look()
    table.broken = set()
    await clock.look()
    assert table.fired == [(1, NOON)]


async def test_a_failure_is_logged_with_the_schedules_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    table = Table(schedule(1, next_due=NOON))
    table.broken = {"schedule 1"}
    await table.clock().look()
    assert caplog.messages == ["schedule 1 failed: RuntimeError"]


async def test_an_open_clock_looks_at_once() -> None:
    table = Table(schedule(1, next_due=NOON))
    async with table.clock():
        await table.until(lambda: table.fired)


async def test_an_open_clock_looks_again_and_again() -> None:
    table = Table()
    async with table.clock(every=0.01):
        await table.until(lambda: table.chores >= 5)


class Live(Table):
    """A table whose time is the machine's."""

    def time(self) -> datetime:
        return datetime.now(UTC)


async def test_an_open_clock_wakes_at_the_due_time() -> None:
    due = datetime.now(UTC) + timedelta(seconds=0.2)
    table = Live(schedule(1, next_due=due))
    async with table.clock(every=60):
        await table.until(lambda: table.fired)
    assert timedelta(0) <= datetime.now(UTC) - due < timedelta(seconds=patient(1))


class Behind(Table):
    """A table whose time is that of a database a minute behind this machine."""

    def time(self) -> datetime:
        return datetime.now(UTC) - timedelta(minutes=1)


async def test_a_machine_ahead_of_its_database_waits_for_the_database_without_looking_on_and_on() -> (
    None
):
    table = Behind(schedule(1, next_due=datetime.now(UTC) - timedelta(seconds=30)))
    async with table.clock(every=60):
        await table.until(lambda: table.chores)
        await asyncio.sleep(0.1)
        assert table.chores == 1


async def test_a_closed_clock_looks_no_more() -> None:
    table = Table()
    async with table.clock(every=0.01):
        await table.until(lambda: table.chores)
    done = table.chores
    await asyncio.sleep(0.05)
    assert table.chores == done


async def test_a_look_that_is_on_its_way_ends_before_the_clock_is_closed() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def slow_chores() -> None:
        began.set()
        await asyncio.sleep(0.05)
        ended.set()

    table = Table()
    async with Clock(
        table.schedules,
        fire=table.fire,
        set_right=table.set_right,
        chores=slow_chores,
        clock=table.time,
    ):
        await began.wait()
    assert ended.is_set()
