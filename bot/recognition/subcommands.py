"""/nerbot notices, and [No more of these]: whether a person is told when a model finds what they corrected."""

from bot.recognition.corrections import CorrectionNotices
from bot.recognition.values import SetNotices, ShowNotices
from bot.recognition.views.notices import notices_view
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button
from bot.slack.subcommands import Subcommand, on_or_off

SUBCOMMANDS = (
    Subcommand(
        ("notices",),
        on_or_off("/nerbot notices", ShowNotices(), SetNotices),
        CorrectionNotices.handle,
        notices_view,
        (
            HelpLine(
                "/nerbot notices off",
                "no more messages when a new model finds what I corrected; on: messages again",
            ),
        ),
    ),
)
BUTTONS = (
    Button(
        ids.NOTICES_OFF,
        lambda _: SetNotices(on=False),
        CorrectionNotices.handle,
        notices_view,
        replaces=False,
    ),
)
