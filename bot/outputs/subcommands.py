"""/nerbot outputs."""

from bot.domain.roles import Role
from bot.outputs.service import OutputService
from bot.outputs.values import ShowOutputs
from bot.outputs.views import outputs_view
from bot.slack.command_help import HelpLine
from bot.slack.subcommands import Subcommand, without_more

SUBCOMMANDS = (
    Subcommand(
        words=("outputs", "output"),
        parse=without_more(ShowOutputs(), "/nerbot outputs takes no arguments."),
        handle=OutputService.show,
        view=outputs_view,
        help=(
            HelpLine(
                "/nerbot outputs",
                "where entities of watched channels go, and whether they arrive",
                who=Role.OWNER,
            ),
        ),
    ),
)
