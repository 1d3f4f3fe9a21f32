"""When to train, in words or as a cron line."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidSchedule
from bot.jobs import calendar
from bot.training.schedule_parsing import read_schedule
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
    ["", "tomorrow", "every day", "every day at noon", "every day at 3pm", "every 3 days", "at 3", "0 3 * *"],
)  # fmt: skip
def test_what_is_no_time_is_answered_with_examples(words: str) -> None:
    with pytest.raises(InvalidSchedule, match="Try: every day at 03:00"):
        read_schedule(words)


@pytest.mark.parametrize("time", ["24:00", "3:60", "99"])
def test_a_time_of_day_that_is_none_is_refused(time: str) -> None:
    with pytest.raises(InvalidSchedule, match="no time of day"):
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
