"""/nerbot import and /nerbot export, and the buttons of their answers."""

from bot.domain.roles import Role
from bot.exchange.commands import ShowImports, UndoImport
from bot.exchange.parsing import read_export, read_undo
from bot.exchange.service import Exchange
from bot.exchange.views.answers import begun_view, imports_view
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button, with_id
from bot.slack.subcommands import Subcommand, without_more

SUBCOMMANDS = (
    Subcommand(
        words=("import", "imports"),
        parse=without_more(
            ShowImports(),
            "/nerbot import takes no arguments except undo and a number: /nerbot import undo 3.",
        ),
        handle=Exchange.show,
        view=imports_view,
        help=(
            HelpLine("/nerbot import", "how files become sentences here, and what was imported"),
        ),
    ),
    Subcommand(
        words=("import undo", "imports undo"),
        parse=read_undo,
        handle=Exchange.undo,
        view=begun_view,
        help=(HelpLine("/nerbot import undo 3", "undoes an import as a whole", who=Role.OWNER),),
    ),
    Subcommand(
        words=("export",),
        parse=read_export,
        handle=Exchange.export,
        view=begun_view,
        help=(
            HelpLine(
                "/nerbot export conll",
                "sends me a file of the project, in any tool's format; finished or all: more of it",
            ),
        ),
    ),
)

BUTTONS = (Button(ids.one_of(ids.UNDO_IMPORT), with_id(UndoImport), Exchange.undo, begun_view),)
