"""The commands of `nerbot`, each imported when it is called: a command waits for nothing that others need."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class Listed:
    """A command as the list of commands shows it, and the function that adds it to an app."""

    name: str
    help: str
    panel: str
    adder: str
    """`module:function`; the function takes a Typer."""

    def load(self) -> Any:
        """The command with all its options."""
        module, _, function = self.adder.partition(":")
        app = new_app()
        getattr(import_module(module), function)(app)
        app.callback()(_nothing)
        command: Any = get_command(app)
        return command.commands[self.name]


def new_app(**options: Any) -> typer.Typer:
    """An app as all of ours are: no completion commands of its own, no tracebacks that show values."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **options,
    )


def _nothing() -> None:
    """An app with a callback stays a group, however few commands it has."""


def group_of(commands: Sequence[Listed]) -> type[TyperGroup]:
    """The class of a group that lists these and imports the one that is called."""

    class Group(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands = {
                each.name: TyperCommand(
                    each.name, help=each.help, short_help=each.help, rich_help_panel=each.panel
                )
                for each in commands
            }

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            name, command, rest = super().resolve_command(ctx, args)
            listed = next((each for each in commands if each.name == name), None)
            return name, listed.load() if listed else command, rest

    return Group
