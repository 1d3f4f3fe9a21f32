"""When to train, in words or as a cron line."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidSchedule
from bot.jobs import calendar
from bot.training.schedule_parsing import MORNING, read_schedule
from tests.bot.invariants import unhurried

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "cron", "zone"),
    [
        ("every day at 03:00", "0 3 * * *", None),
        ("Every  Day AT 3", "0 3 * * *", None),
        ("every day at 23.59", "59 23 * * *", None),
        ("every weekday at 6:30", "30 6 * * mon-fri", None),
        ("every monday at 6:30 Europe/Berlin", "30 6 * * mon", "Europe/Berlin"),
        ("every tues at 6:30", "30 6 * * tue", None),
        ("every Wednesday at 0:05", "5 0 * * wed", None),
        ("every thu at 6:30 in America/Argentina/Buenos_Aires", "30 6 * * thu", "America/Argentina/Buenos_Aires"),
        ("every friday at 18:00 Etc/GMT+5", "0 18 * * fri", "Etc/GMT+5"),
        ("every saturday at 18:00 UTC", "0 18 * * sat", "UTC"),
        ("every sun at 18:00", "0 18 * * sun", None),
        ("every hour", "0 */1 * * *", None),
        ("every 6 hours", "0 */6 * * *", None),
        ("every 12 hours in Asia/Kolkata", "0 */12 * * *", "Asia/Kolkata"),
        ("0 3 * * *", "0 3 * * *", None),
        ("cron 0 3 * * mon-fri", "0 3 * * mon-fri", None),
        ("daily at 3am", "0 3 * * *", None),
        ("daily 3 am", "0 3 * * *", None),
        ("Nightly", "0 3 * * *", None),
        ("nightly at 2:30", "30 2 * * *", None),
        ("every night at 1", "0 1 * * *", None),
        ("daily", "0 3 * * *", None),
        ("every day", "0 3 * * *", None),
        ("every day at noon", "0 12 * * *", None),
        ("midnight every day", "0 0 * * *", None),
        ("weekdays at 7", "0 7 * * mon-fri", None),
        ("on weekdays at 7:15 pm", "15 19 * * mon-fri", None),
        ("weekends at 10", "0 10 * * sat,sun", None),
        ("every monday at 9", "0 9 * * mon", None),
        ("mondays at 9am", "0 9 * * mon", None),
        ("monday 9", "0 9 * * mon", None),
        ("mon, wed and fri at 18:00", "0 18 * * mon,wed,fri", None),
        ("fri/mon at 6", "0 6 * * mon,fri", None),
        ("every morning", "0 9 * * *", None),
        ("every friday evening", "0 18 * * fri", None),
        ("at 7 every weekday", "0 7 * * mon-fri", None),
        ("every day at 12am", "0 0 * * *", None),
        ("every day at 12pm", "0 12 * * *", None),
        ("every day at 6h30", "30 6 * * *", None),
        ("every day at 9 and 17", "0 9,17 * * *", None),
        ("once a day at 4", "0 4 * * *", None),
        ("weekly", "0 3 * * mon", None),
        ("monthly at 5", "0 5 1 * *", None),
        ("hourly", "0 */1 * * *", None),
        ("every 6h", "0 */6 * * *", None),
        ("every 30 minutes", "*/30 * * * *", None),
        ("every 15 min", "*/15 * * * *", None),
        ("every 120 minutes", "0 */2 * * *", None),
        ("daily at 3am in Berlin", "0 3 * * *", "Europe/Berlin"),
        ("daily at 3am new york time", "0 3 * * *", "America/New_York"),
        ("every day at 03:00 (utc)", "0 3 * * *", "UTC"),
        ("every 30 minutes europe/paris", "*/30 * * * *", "Europe/Paris"),
        ("*/15 3,4 1-7 JAN SUN Europe/Berlin", "*/15 3,4 1-7 JAN SUN", "Europe/Berlin"),
    ],
)  # fmt: skip
def test_a_time_becomes_a_cron_line_and_a_zone(words: str, cron: str, zone: str | None) -> None:
    schedule = read_schedule(words)
    assert (schedule.cron, schedule.timezone) == (cron, zone)


def test_the_words_are_kept_as_they_were_asked() -> None:
    assert read_schedule(" every   day at\n03:00 ").words == "every day at 03:00"


@pytest.mark.parametrize(
    "words",
    ["", "tomorrow", "at 3", "0 3 * *", "sometimes", "3pm", "when it rains", "the", "in Berlin"],
)
def test_what_is_no_time_is_refused_in_one_line(words: str) -> None:
    with pytest.raises(InvalidSchedule, match="is not a time nerbot can read") as refused:
        read_schedule(words)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("words", ["every day at 3 sharp", "daily at 3 in Narnia"])
def test_words_that_are_neither_a_time_nor_a_zone_are_named(words: str) -> None:
    with pytest.raises(InvalidSchedule, match="is neither part of a time nor a time zone"):
        read_schedule(words)


@pytest.mark.parametrize("words", ["every 3 days", "every 2 weeks at 7", "each 10 nights"])
def test_every_so_many_days_is_refused(words: str) -> None:
    with pytest.raises(InvalidSchedule, match="Name the days instead"):
        read_schedule(words)


@pytest.mark.parametrize("time", ["24:00", "3:60", "99", "13pm", "0am"])
def test_a_time_of_day_that_is_none_is_refused(time: str) -> None:
    with pytest.raises(InvalidSchedule, match="not a time of day"):
        read_schedule(f"every day at {time}")


@pytest.mark.parametrize("hours", [0, 5, 7, 9, 23, 24, 99])
def test_hours_that_do_not_fill_a_day_evenly_are_refused(hours: int) -> None:
    with pytest.raises(InvalidSchedule, match="all days are alike"):
        read_schedule(f"every {hours} hours")


@pytest.mark.parametrize("hours", [1, 2, 3, 4, 6, 8, 12])
def test_every_so_many_hours_means_just_that(hours: int) -> None:
    schedule = read_schedule(f"every {hours} hours")
    due = [NOON.replace(hour=0)]
    for _ in range(30):
        due.append(calendar.next_due(schedule.cron, "UTC", due[-1]))
    assert {after - before for before, after in pairwise(due)} == {timedelta(hours=hours)}


def test_where_no_time_is_named_a_digest_is_in_the_morning() -> None:
    assert read_schedule("weekdays", hour=MORNING).cron == "0 9 * * mon-fri"


@pytest.mark.parametrize(
    ("cron", "minutes"),
    [("*/15 3,4 * * *", 15), ("0 3 * * *", 1_440), ("*/5 0 1 1 *", 5), ("0 */1 * * *", 60)],
)
def test_the_shortest_gap_is_found(cron: str, minutes: int) -> None:
    assert calendar.shortest_gap(cron, "UTC", NOON) == timedelta(minutes=minutes)


pieces = st.sampled_from(
    ["every", "day", "monday", "weekday", "at", "03:00", "3", "6", "hours", "hour", "in", "UTC", "Europe/Berlin",
     "*", "*/5", "0", "1-5", "L", "cron", "٣", "Europe", "../etc", "a" * 300]
)  # fmt: skip


any_words = st.lists(pieces | st.text(max_size=3), max_size=8).map(" ".join)
known_times = st.sampled_from(["every day at 03:00 ", "every 6 hours in ", "0 3 * * * "])


@unhurried
@given(any_words | st.builds("".join, st.tuples(known_times, pieces | st.text("aB/_+-.9\0"))))
def test_any_words_are_a_time_that_comes_due_or_are_refused(words: str) -> None:
    try:
        wanted = read_schedule(words)
        due = calendar.next_due(wanted.cron, wanted.timezone or "UTC", NOON)
    except InvalidSchedule:
        return
    assert due > NOON
