"""What is typed after /train schedule and /train digest: a time in words or as a cron line, read into cron.

Words are read one by one, whatever their order: each says on which days, at which time, or how often.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.errors import InvalidSchedule, NotUnderstood
from bot.jobs import calendar
from bot.slack.subcommands import Typed, shown
from bot.training.commands import ChooseZone, SetSchedule

NIGHT, MORNING = 3, 9
"""When trainings are, and when digests are, where no time is named."""
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(r"(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?")
_GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("day", "days", "daily", "everyday", "night", "nights", "nightly"), "*"),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), "mon-fri"),
    **dict.fromkeys(("weekend", "weekends"), "sat,sun"),
    **dict.fromkeys(("week", "weekly"), "mon"),
}
_PARTS: Mapping[str, int] = {
    **dict.fromkeys(("night", "nights", "nightly"), 3),
    **dict.fromkeys(("morning", "mornings"), 9),
    **dict.fromkeys(("afternoon", "afternoons"), 14),
    **dict.fromkeys(("evening", "evenings"), 18),
}
_NAMED_TIMES = {"noon": (12, 0), "midday": (12, 0), "midnight": (0, 0)}
_FILLERS = frozenset(
    {
        "every",
        "each",
        "on",
        "at",
        "@",
        "and",
        "the",
        "a",
        "once",
        "per",
        "o'clock",
        "o’clock",
        "oclock",
    }
)
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(h|am|pm|a\.m\.|p\.m\.)?")
_HALF = re.compile(r"am|pm|a\.m\.|p\.m\.")
_EVERY_SO = re.compile(r"(\d{1,4})?(hours?|hourly|hrs?|h|minutes?|mins?)")
_LONGER = re.compile(r"(?:day|night|weekday|week|month)s?")
_FIELD = re.compile(r"[\d*/,-]+")
_CRON_FIELD = re.compile(r"[\w*/,-]+")
# A cron line begins again at midnight: of other hours the last stretch of the day would be shorter.
_HOURS_OF_A_DAY = frozenset({1, 2, 3, 4, 6, 8, 12})
_MINUTES_OF_AN_HOUR = frozenset({1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30})


@dataclass(slots=True)
class _Read:
    """What the words have said so far."""

    days: list[str] = field(default_factory=list)
    times: list[tuple[int, int]] = field(default_factory=list)
    hour: int | None = None
    """The hour a part of the day stands for, where no time is named."""
    monthly: bool = False
    interval: str | None = None
    """A whole cron line, of every so many hours or minutes."""

    @property
    def is_enough(self) -> bool:
        return bool(self.interval or self.days or self.monthly)


def read_schedule(words: str, *, hour: int = NIGHT) -> SetSchedule:
    """`every day at 03:00`, `nightly`, `weekdays at 7`, `mondays 6:30pm in Berlin`, `every 6 hours`, or `0 3 * * *`.

    Where no time is named it is at this `hour`. Raises InvalidSchedule for anything else.
    """
    words = " ".join(words.split())
    pieces = words.split(" ")
    if cron := _cron_line(pieces):
        return SetSchedule(cron, _zone(words, pieces[5 + (pieces[0].lower() == "cron") :]), words)
    read, rest = _read(pieces)
    if not read.is_enough:
        raise InvalidSchedule(f"“{shown(words)}” is not a time nerbot can read.")
    return SetSchedule(_cron_of(read, hour), _zone(words, rest), words)


def names_zone(words: str) -> bool:
    """Whether the words of a schedule name its time zone, which is then its own whoever it was set by."""
    try:
        return read_schedule(words).timezone is not None
    except InvalidSchedule:  # kept by a version that read other words
        return False


def read_often(words: str) -> SetSchedule:
    """A schedule out of its button, which says that more often than hourly is meant."""
    return replace(read_schedule(words), often=True)


def read_zone(typed: Typed) -> ChooseZone:
    """A time zone after `timezone`; none asks which it is. Raises NotUnderstood."""
    named = typed.text.strip()
    if not named:
        return ChooseZone(None)
    return ChooseZone(zone_of(named))


def read_chosen_zone(value: str) -> ChooseZone:
    """A time zone out of its menu."""
    return ChooseZone(zone_of(value))


def zone_of(named: str) -> str:
    """The time zone of that name; raises NotUnderstood."""
    zone = calendar.zone_named(named)
    if zone is None:
        raise NotUnderstood(f"“{shown(named)}” is not a time zone (example: Europe/Berlin).")
    return zone


def _cron_line(pieces: list[str]) -> str | None:
    fields = pieces[1:6] if pieces[0].lower() == "cron" else pieces[:5]
    is_named = pieces[0].lower() == "cron"
    begins = len(fields) == 5 and all(_CRON_FIELD.fullmatch(each) for each in fields)
    if begins and (is_named or all(_FIELD.fullmatch(each) for each in fields[:2])):
        return " ".join(fields)
    return None


def _read(pieces: list[str]) -> tuple[_Read, list[str]]:
    """What the words say, and those from the first that is none of a time: a time zone, if anything."""
    read, at = _Read(), 0
    tokens = [piece.lower().strip(",;") for piece in pieces]
    while at < len(tokens):
        taken = next((count for each in _READERS if (count := each(read, tokens, at))), 0)
        if not taken:
            break
        at += taken
    return read, pieces[at:]


def _filler(_: _Read, tokens: list[str], at: int) -> int:
    return int(tokens[at] in _FILLERS)


def _interval(read: _Read, tokens: list[str], at: int) -> int:
    """`hourly`, `6 hours`, `6h` after every, `30 minutes`."""
    token, after_every = tokens[at], at > 0 and tokens[at - 1] in {"every", "each"}
    if after_every and token.isdecimal() and _LONGER.fullmatch("".join(tokens[at + 1 : at + 2])):
        raise InvalidSchedule("Name the days instead, such as: mon, wed and fri at 03:00.")
    joined = token + (tokens[at + 1] if token.isdecimal() and at + 1 < len(tokens) else "")
    for text, count in ((joined, 2 if joined != token else 1), (token, 1)):
        found = _EVERY_SO.fullmatch(text)
        if found is None or not (after_every or found[2] == "hourly"):
            continue
        number = int(found[1] or 1)
        is_hours = found[2].startswith("h")
        read.interval = _hours(number) if is_hours else _minutes(number)
        return count
    return 0


def _days(read: _Read, tokens: list[str], at: int) -> int:
    token = tokens[at]
    if token in {"month", "monthly"}:
        read.monthly = True
        return 1
    if (part := _PARTS.get(token)) is not None:
        read.hour = part
        if not read.days:
            read.days.append("*")
        return 1
    days = [_one_day(each) for each in re.split(r"[/+&,]", token)]
    if not all(days):
        return 0
    if "*" in read.days and "*" not in days:
        read.days.remove("*")  # `every day` and `morning` say less than the name of a day
    read.days += [each for each in days if each is not None and each not in read.days]
    return 1


def _one_day(word: str) -> str | None:
    if word in _GROUPS:
        return _GROUPS[word]
    found = _DAY.fullmatch(word)
    return found[1][:3] if found else None


def _time(read: _Read, tokens: list[str], at: int) -> int:
    token, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in _NAMED_TIMES:
        read.times.append(_NAMED_TIMES[token])
        return 1
    found = _TIME.fullmatch(token)
    if found is None:
        return 0
    half, count = found[3] or "", 1
    if not half and _HALF.fullmatch(following):
        half, count = following, 2
    read.times.append(_time_of_day(int(found[1]), int(found[2] or 0), half[:1], said=token))
    return count


def _time_of_day(hour: int, minute: int, half: str, *, said: str) -> tuple[int, int]:
    if half in {"a", "p"}:
        if not 1 <= hour <= 12:
            raise InvalidSchedule(f"{said} is not a time of day. With am or pm, use 1 to 12.")
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise InvalidSchedule(f"{hour}:{minute:02} is not a time of day. Use 00:00 to 23:59.")
    return hour, minute


_READERS: tuple[Callable[[_Read, list[str], int], int], ...] = (_filler, _interval, _days, _time)


def _cron_of(read: _Read, hour: int) -> str:
    if read.interval is not None:
        return read.interval
    times = sorted(set(read.times)) or [(hour if read.hour is None else read.hour, 0)]
    minutes = {minute for _, minute in times}
    if len(minutes) > 1:
        raise InvalidSchedule("Several times of one day have to be at the same minute.")
    hours = ",".join(str(each) for each, _ in times)
    if read.monthly:
        return f"{minutes.pop()} {hours} 1 * *"
    days = sorted(read.days, key=lambda day: _WEEK.index(day[:3]) if day != "*" else -1)
    return f"{minutes.pop()} {hours} * * {','.join(days)}"


def _hours(hours: int) -> str:
    if hours not in _HOURS_OF_A_DAY:
        raise InvalidSchedule(
            "Every 1, 2, 3, 4, 6, 8 or 12 hours, so that all days are alike. For once a day: every day at 03:00."
        )
    return f"0 */{hours} * * *"


def _minutes(minutes: int) -> str:
    if minutes % 60 == 0 and minutes:
        return _hours(minutes // 60)
    if minutes not in _MINUTES_OF_AN_HOUR:
        raise InvalidSchedule("Every so many minutes has to fill an hour evenly, such as 15 or 30.")
    return f"*/{minutes} * * * *"


def _zone(words: str, rest: list[str]) -> str | None:
    """The time zone a schedule ends with."""
    named = " ".join(rest).strip("() ")
    named = re.sub(r"^(?:in|at) ", "", named, flags=re.IGNORECASE)
    named = re.sub(r" time$", "", named, flags=re.IGNORECASE)
    if not named:
        return None
    zone = calendar.zone_named(named)
    if zone is None:
        raise InvalidSchedule(
            f"In “{shown(words)}”, “{shown(named)}” is neither part of a time nor a time zone (example: Europe/Berlin)."
        )
    return zone
