"""What `nerbot …` would be understood as, without doing it."""

from collections.abc import Sequence
from typing import Any

from typer.main import get_command

from bot.cli.main import app


def understood(words: Sequence[str]) -> str:
    """The command that these words call, such as "models export". Raises TyperException, and Exit after --help."""
    command: Any = get_command(app)
    # These do what they say as soon as they are read.
    at_once = {
        option
        for each in command.params
        if each.name.endswith("completion")
        for option in each.opts
    }
    context = command.make_context("nerbot", [word for word in words if word not in at_once])
    while rest := [*getattr(context, "_protected_args", ()), *context.args]:
        name, command, below = context.command.resolve_command(context, rest)
        context = command.make_context(name, below, parent=context)
    return str(context.command_path).removeprefix("nerbot").strip()
