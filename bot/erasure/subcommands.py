"""/nerbot forget, and the two buttons of its question."""

from bot.domain.roles import Role
from bot.erasure.commands import ConfirmForget, DeclineForget, Forget, What
from bot.erasure.parsing import read_forget, read_project
from bot.erasure.service import Forgetting
from bot.erasure.views import asked_view, forgotten_view, kept_view
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button
from bot.slack.subcommands import Subcommand, without_more

SUBCOMMANDS = (
    Subcommand(
        words=("forget", "forget sentence"),
        parse=read_forget,
        handle=Forgetting.ask,
        view=asked_view,
        help=(
            HelpLine(
                "/nerbot forget #12",
                "erases a sentence (by its number or text) for good, from models too; asks first",
            ),
        ),
    ),
    Subcommand(
        words=("forget me",),
        parse=without_more(Forget(What.PERSON), "/nerbot forget me takes no arguments."),
        handle=Forgetting.ask,
        view=asked_view,
        help=(
            HelpLine(
                "/nerbot forget me",
                "erases what I did, for good; owners: /nerbot forget @person",
            ),
        ),
    ),
    Subcommand(
        words=("forget project",),
        parse=read_project,
        handle=Forgetting.ask,
        view=asked_view,
        help=(
            HelpLine(
                "/nerbot forget project NAME",
                "erases all of this channel's project, for good",
                Role.OWNER,
            ),
        ),
    ),
)

BUTTONS = (
    Button(ids.FORGET, ConfirmForget, Forgetting.forget, forgotten_view),
    Button(ids.KEEP, DeclineForget, Forgetting.decline, kept_view),
)
