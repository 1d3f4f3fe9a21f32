"""/nerbot notices, and [No more of these]: whether a person is told when a model finds what they corrected."""

from bot.errors import NotUnderstood
from bot.recognition.corrections import CorrectionNotices
from bot.recognition.values import SetNotices, ShowNotices
from bot.recognition.views.notices import notices_view
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button
from bot.slack.subcommands import Subcommand, Typed


def read_notices(typed: Typed) -> ShowNotices | SetNotices:
    """Read what is typed after /nerbot notices; raises NotUnderstood."""
    match typed.text.lower():
        case "":
            return ShowNotices()
        case "on" | "off" as wish:
            return SetNotices(wish == "on")
    raise NotUnderstood("/nerbot notices takes on or off.")


SUBCOMMANDS = (
    Subcommand(
        ("notices",),
        read_notices,
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
