"""What is typed after /nerbot import and /nerbot export, as commands."""

from bot.errors import NotUnderstood
from bot.exchange.commands import ExportNow, UndoImport
from bot.slack.payloads import read_id
from bot.slack.subcommands import Typed, shown
from ner_engine.formats.writers.registry import WRITTEN

_WHICH = ("gold", "finished", "all")


def read_export(typed: Typed) -> ExportNow:
    """A format, and which sentences; raises NotUnderstood."""
    form, which = "jsonl", "gold"
    for word in typed.text.lower().split():
        if word in WRITTEN:
            form = word
        elif word in _WHICH:
            which = word
        else:
            raise NotUnderstood(
                f"“{shown(word)}” is not a format. Formats: {', '.join(WRITTEN)}. After one you can say gold, finished "
                "or all, as in /nerbot export conll finished."
            )
    return ExportNow(form, which)


def read_undo(typed: Typed) -> UndoImport:
    """The number of an import; raises NotUnderstood."""
    number = typed.text.removeprefix("#")
    if not number.isdecimal():
        raise NotUnderstood(
            "Type the number of an import, as in /nerbot import undo 3. /nerbot import lists them."
        )
    return UndoImport(read_id(number))
