"""When to train, in plain words or as a cron line, read into cron."""

import re

from bot.errors import InvalidSchedule
from bot.training.commands import SetSchedule

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# One way to match only: with a second one, a row of 50 underscores would take for ever.
_ZONE = r"(?:\s+(?:in\s+)?(?P<zone>[A-Za-z]+(?:[/_+-][A-Za-z0-9/_+-]*)?))?"
_AT = re.compile(
    r"^every\s+(?P<day>day|weekday|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
    r"\s+at\s+(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?" + _ZONE + "$",
    re.IGNORECASE,
)
_HOURS = re.compile(r"^every\s+(?:(?P<hours>\d{1,2})\s+hours|hour)" + _ZONE + "$", re.IGNORECASE)
# A cron line begins anew at midnight: of other hours the last stretch of the day would be shorter.
_HOURS_OF_A_DAY = frozenset({1, 2, 3, 4, 6, 8, 12})
_CRON = re.compile(
    r"^(?:cron\s+)?(?P<cron>(?:[\w*/,-]+\s+){4}[\w*/,-]+)" + _ZONE + "$", re.IGNORECASE
)


def read_schedule(words: str) -> SetSchedule:
    """`every day at 03:00`, `every monday at 6:30 Europe/Berlin`, `every 6 hours`, or `0 3 * * *`.

    Raises InvalidSchedule for anything else; whether the zone exists is the calendar's to say.
    """
    words = " ".join(words.split())
    if match := _AT.match(words):
        return SetSchedule(_cron_at(match), match["zone"], words)
    if match := _HOURS.match(words):
        return SetSchedule(_cron_hours(match), match["zone"], words)
    if match := _CRON.match(words):
        return SetSchedule(match["cron"], match["zone"], words)
    raise InvalidSchedule(
        f"“{words}” is no time nerbot can read. Try: every day at 03:00 · every monday at 6:30 Europe/Berlin · "
        "every 6 hours · 0 3 * * * (cron)."
    )


def _cron_at(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 23 or minute > 59:
        raise InvalidSchedule(f"{hour}:{minute:02} is no time of day. Use 00:00 to 23:59.")
    day = match["day"].lower()
    days = {"day": "*", "weekday": "mon-fri"}.get(day) or next(
        d for d in _DAYS if day.startswith(d)
    )
    return f"{minute} {hour} * * {days}"


def _cron_hours(match: re.Match[str]) -> str:
    hours = int(match["hours"] or 1)
    if hours not in _HOURS_OF_A_DAY:
        raise InvalidSchedule(
            "Every 1, 2, 3, 4, 6, 8 or 12 hours, so that all days are alike. For once a day: every day at 03:00."
        )
    return f"0 */{hours} * * *"
