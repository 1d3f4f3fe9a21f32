"""When a cron line is due, in a named time zone."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from bot.errors import InvalidSchedule


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def next_due(cron: str, timezone: str, after: datetime) -> datetime:
    """The next due time in UTC, as Debian's cron has it, daylight saving included; raises InvalidSchedule for a line
    or a zone that cannot be read.

    (APScheduler's own reader counts week days from Monday, so that `0` would not be Sunday.)
    """
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
