"""What can be typed after /train and pressed about digests."""

from bot.digests.commands import (
    ChooseDigestZone,
    DigestOff,
    DigestState,
    SetDigest,
    SetReminders,
    ShowReminders,
)
from bot.digests.reminders import ReviewReminders
from bot.digests.service import DigestService
from bot.digests.views import digest_off_view, digest_state_view, reminders_view
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button, with_id
from bot.slack.subcommands import Subcommand, Typed, on_or_off
from bot.training.schedule_parsing import MORNING, read_schedule, zone_of


def _read_digest(typed: Typed) -> SetDigest:
    when = read_schedule(typed.text, hour=MORNING)
    return SetDigest(when.cron, when.timezone, when.words)


SUBCOMMANDS = (
    Subcommand(
        words=("digest",),
        parse=_read_digest,
        handle=DigestService.set,
        view=digest_state_view,
        help=(
            HelpLine(
                "/train digest every day at 09:00", "tells this channel what was done; off ends it"
            ),
        ),
    ),
    Subcommand(
        words=(),
        alone=("digest",),
        parse=lambda _: DigestState(),
        handle=DigestService.state,
        view=digest_state_view,
        help=(),
    ),
    Subcommand(
        words=(),
        alone=("digest off",),
        parse=lambda _: DigestOff(),
        handle=DigestService.off,
        view=digest_off_view,
        help=(),
    ),
)

BUTTONS = (
    Button(
        ids.DIGEST_ZONE,
        lambda value: ChooseDigestZone(zone_of(value)),
        DigestService.choose_zone,
        digest_state_view,
    ),
    Button(ids.DIGEST_OFF, with_id(DigestOff), DigestService.off, digest_off_view, replaces=False),
)


REMINDERS = (
    Subcommand(
        words=("reminders", "reminder"),
        parse=on_or_off("/nerbot reminders", ShowReminders(), SetReminders),
        handle=ReviewReminders.handle,
        view=reminders_view,
        help=(
            HelpLine(
                "/nerbot reminders off",
                "do not tell me by direct message what is left to review; on: do, once a day at most",
            ),
        ),
    ),
)
"""Of /nerbot."""

REMINDER_BUTTONS = (
    Button(
        ids.REMINDERS_OFF,
        lambda _: SetReminders(on=False),
        ReviewReminders.handle,
        reminders_view,
        replaces=False,
    ),
)
