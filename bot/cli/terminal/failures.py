"""What people are told when a command does not end well, and the exit code it leaves: the one place."""

import os
import sys
import traceback

import typer

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import warn


def tell_failure(error: BaseException) -> ExitCode:
    """Say in one line what went wrong; only an error of our own shows its traceback."""
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        warn("stopped")
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        # The interpreter flushes stdout once more at its end, which would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.PIPE_CLOSED
    words = _words(error)
    if words is None:
        traceback.print_exception(error)
        return ExitCode.BUG
    warn(words)
    return ExitCode.USER_ERROR


def _words(error: BaseException) -> str | None:
    """What somebody can do something about, in one line; None for what only we can mend."""
    from bot.errors import NerbotError  # noqa: PLC0415 - most commands end well
    from ner_engine.errors import EngineError  # noqa: PLC0415 - as above

    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "nerbot"
        return f"{_in_one_line(error.format_message())} See {command} --help."
    if isinstance(error, NerbotError | EngineError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return None


def _in_one_line(words: str) -> str:
    told = " ".join(words.split())
    return told if told.endswith((".", "?")) else f"{told}."
