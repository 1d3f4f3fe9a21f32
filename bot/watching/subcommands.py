"""/nerbot watch."""

from bot.domain.roles import Role
from bot.slack.command_help import HelpLine
from bot.slack.subcommands import Subcommand
from bot.watching.parsing import read_stop, read_watch
from bot.watching.service import Watching
from bot.watching.views import watches_view

SUBCOMMANDS = (
    Subcommand(
        words=("watch",),
        parse=read_watch,
        handle=Watching.watch,
        view=watches_view,
        help=(
            HelpLine("/nerbot watch", "which channels the live model reads as people write"),
            HelpLine(
                "/nerbot watch #channel",
                "reads a channel; since 30 days: also what was written before",
                who=Role.OWNER,
            ),
        ),
    ),
    Subcommand(
        words=("watch stop",),
        parse=read_stop,
        handle=Watching.stop,
        view=watches_view,
        help=(HelpLine("/nerbot watch stop #channel", "reads it no longer", who=Role.OWNER),),
    ),
)
