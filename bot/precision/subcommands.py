"""/nerbot precision."""

from bot.domain.roles import Role
from bot.precision import promises
from bot.precision.parsing import read_promise, read_switch
from bot.precision.values import SetPrecision
from bot.precision.views import precision_view
from bot.projects.entries import button, subcommand
from bot.projects.use_cases import reads, writes
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.subcommands import without_more

SUBCOMMANDS = (
    subcommand(
        ("precision",),
        read_promise,
        reads(promises.ask),
        precision_view,
        HelpLine("/nerbot precision", "which share of what goes out is promised to be right"),
        HelpLine(
            "/nerbot precision 95",
            "what it costs that 95 % of it is right; an owner switches it on by a button",
        ),
    ),
    subcommand(
        ("precision off",),
        without_more(SetPrecision(None), "/nerbot precision off takes no arguments."),
        writes(promises.put),
        precision_view,
        HelpLine("/nerbot precision off", "promises nothing any longer", Role.OWNER),
    ),
)

BUTTONS = (button(ids.PRECISION_ON, read_switch, writes(promises.put), precision_view),)
