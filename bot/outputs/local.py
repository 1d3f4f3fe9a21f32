"""The outputs that need nothing of Slack."""

from bot.outputs.files import FileWriter
from bot.outputs.ports import OutputWriter
from bot.outputs.tables import TableWriter
from bot.outputs.values import OutputKind


def local_writers() -> dict[OutputKind, OutputWriter]:
    """What writes them, by kind."""
    return {OutputKind.FILE: FileWriter(), OutputKind.TABLE: TableWriter()}
