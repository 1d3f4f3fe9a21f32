"""When a cron line is due, in a named time zone."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from bot.errors import InvalidSchedule

_LOOKED_AHEAD = timedelta(days=8)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _zones_by_name() -> dict[str, str]:
    """Zones by what people call them: the whole name, or the city alone where only one zone has it."""
    cities: dict[str, set[str]] = {}
    for zone in _timezones():
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "US/")):
            cities.setdefault(zone.rpartition("/")[2].lower(), set()).add(zone)
    alone = {city: zones.pop() for city, zones in cities.items() if len(zones) == 1}
    return alone | {zone.lower(): zone for zone in _timezones()}


def zone_named(name: str) -> str | None:
    """The time zone somebody means by `Europe/Berlin`, `berlin` or `New York`; None where none is called so."""
    return _zones_by_name().get(name.strip().lower().replace(" ", "_"))


def shortest_gap(cron: str, timezone: str, after: datetime, *, times: int = 60) -> timedelta:
    """The shortest time between two of the due times of about a week; raises InvalidSchedule."""
    due = [next_due(cron, timezone, after)]
    while len(due) < 2 or (len(due) < times and due[-1] - due[0] < _LOOKED_AHEAD):
        due.append(next_due(cron, timezone, due[-1]))
    return min(later - earlier for earlier, later in pairwise(due))


def next_due(cron: str, timezone: str, after: datetime) -> datetime:
    """The next due time in UTC, as Debian's cron has it, daylight saving included; raises InvalidSchedule for a line
    or a zone that cannot be read.

    (APScheduler's own reader counts week days from Monday, so that `0` would not be Sunday.)
    """
    # ZoneInfo looks a name up as a path: only names that are on the list get there.
    if timezone not in _timezones():
        raise InvalidSchedule(f"“{timezone}” is not a time zone (example: Europe/Berlin).")
    try:
        due = next(CronSim(cron, after.astimezone(ZoneInfo(timezone))))
    except CronSimError as error:
        raise InvalidSchedule(
            f"“{cron}” is not a valid cron line: minute, hour, day, month, day of week, such as 0 3 * * *."
        ) from error
    except StopIteration:
        raise InvalidSchedule(f"“{cron}” never comes due. Choose another time.") from None
    return due.astimezone(UTC)
