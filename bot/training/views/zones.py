"""In which time zone times are read, and the menu to choose one."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.slack import action_ids as ids
from bot.slack.text import View, button, escape, line, shortened, words_view
from bot.training.commands import ScheduleAsked, ZoneShown
from bot.training.views.history import told_time

_ZONES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Phoenix", "America/Denver",
    "America/Chicago", "America/Mexico_City", "America/New_York", "America/Toronto", "America/Bogota",
    "America/Lima", "America/Caracas", "America/Santiago", "America/Halifax", "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires", "America/St_Johns", "Atlantic/Azores", "UTC", "Europe/London",
    "Europe/Dublin", "Europe/Lisbon", "Africa/Casablanca", "Africa/Lagos", "Europe/Amsterdam", "Europe/Berlin",
    "Europe/Brussels", "Europe/Madrid", "Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome",
    "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Europe/Athens", "Europe/Bucharest",
    "Europe/Helsinki", "Europe/Kyiv", "Africa/Cairo", "Africa/Johannesburg", "Asia/Jerusalem", "Africa/Nairobi",
    "Asia/Riyadh", "Europe/Istanbul", "Asia/Tehran", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata",
    "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Jakarta", "Asia/Hong_Kong",
    "Asia/Manila", "Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Australia/Perth", "Asia/Seoul",
    "Asia/Tokyo", "Australia/Adelaide", "Australia/Brisbane", "Australia/Melbourne", "Australia/Sydney",
    "Pacific/Auckland",
)  # fmt: skip
"""From west to east; any other one can be typed."""

_VALUE = 1_000


def zone_menu(action: str) -> ActionsBlock:
    """A menu of time zones."""
    options = [
        Option(value=zone, text=PlainTextObject(text=zone.replace("_", " "), emoji=False))
        for zone in _ZONES
    ]
    placeholder = PlainTextObject(text="Your time zone", emoji=False)
    return ActionsBlock(
        elements=[StaticSelectElement(action_id=action, options=options, placeholder=placeholder)]
    )


def assumed_blocks(zone: str, action: str) -> tuple[str, tuple[Block, ...]]:
    """What is said once of a person whose time zone is not known: the words, and the blocks."""
    words = (
        f"nerbot does not know your time zone, so these are the times of {zone}. Choose yours once, "
        "or type /train timezone Europe/Berlin"
    )
    return words, (line(words), zone_menu(action))


def zone_view(shown: ZoneShown) -> View:
    """A person's time zone, and the schedule that is read in it."""
    if shown.assumed:
        words, blocks = assumed_blocks(shown.zone, ids.SCHEDULE_ZONE)
        return View(escape(words), blocks)
    words = f"Times you type are read in {shown.zone}."
    if shown.schedule:
        due = told_time(shown.schedule.next_due, shown.schedule.timezone)
        words += f" Your schedule, too: {shown.schedule.words} ({shown.zone}), next {due}."
    return words_view(f"{words} /train timezone Europe/Berlin changes it.")


def often_view(asked: ScheduleAsked) -> View:
    """Whether trainings are meant to begin more often than hourly."""
    words = (
        f"“{shortened(asked.words, 200)}” would begin a training every {asked.minutes} minutes. A training takes "
        "minutes and learns only from what was finished since. Nothing is scheduled yet."
    )
    named = asked.words if asked.zone in asked.words else f"{asked.words} {asked.zone}"
    if len(named) > _VALUE:
        named = f"cron {asked.cron} {asked.zone}"
    buttons: list[ButtonElement] = [
        button("Every hour", ids.SCHEDULE_HOURLY, f"every hour {asked.zone}", style="primary"),
        button(f"Every {asked.minutes} minutes", ids.SCHEDULE_OFTEN, named),
    ]
    return View(escape(words), (line(words), ActionsBlock(elements=buttons)))
