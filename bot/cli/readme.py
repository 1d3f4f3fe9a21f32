"""Writes what docs/ has from the code, between two markers of a page: `python -m bot.cli.readme`."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from bot.cli.main import COMMANDS as SHELL_COMMANDS
from bot.cli.python_reference import reference
from bot.cli.terminal.exit_codes import ExitCode
from bot.domain.roles import Role
from bot.listening import COMMANDS
from bot.settings import Settings
from bot.slack.command_help import CommandHelp, HelpLine

BEGIN = "<!-- from the code: make readme -->"
END = "<!-- end of what is from the code -->"

_WHO = {Role.LABELLER: "everybody", Role.REVIEWER: "reviewers, owners", Role.OWNER: "owners"}


def commands_table(commands: Iterable[CommandHelp]) -> str:
    """Every form of every command, what it does, and who can."""
    rows = (_help_row(line) for told in commands for line in told.lines)
    return "\n".join(("| command | does | who can |", "|---|---|---|", *rows))


def settings_table() -> str:
    """Every setting, its default and what it means."""
    rows = map(_setting_row, Settings.model_fields.values())
    return "\n".join(("| variable | default | meaning |", "|---|---|---|", *rows))


def shell_tables() -> str:
    """Every command of `nerbot` with its options, and what its exit code means."""
    every = [
        row for each in SHELL_COMMANDS for row in _shell_rows(f"nerbot {each.name}", each.load())
    ]
    codes = (_row((f"`{code.value}`", code.meaning)) for code in ExitCode)
    heads = (
        ("| command | does | options |", "|---|---|---|"),
        ("| exit code | means |", "|---|---|"),
    )
    return "\n".join((*heads[0], *every, "", *heads[1], *codes))


PAGES: dict[str, Callable[[], str]] = {
    "docs/commands.md": lambda: commands_table(COMMANDS),
    "docs/administrators.md": settings_table,
    "docs/command-line.md": shell_tables,
    "docs/python.md": reference,
}
"""The pages that have something from the code, and what."""


def with_table(page: str, table: str) -> str:
    """The page with the table as the code has it."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _help_row(line: HelpLine) -> str:
    typed = f"`{line.typed}`" if line.typed.startswith("/") else line.typed
    return _row((typed, line.does, _WHO[line.who]))


def _shell_rows(typed: str, command: Any) -> Iterator[str]:
    arguments = [
        each.metavar or each.name for each in command.params if each.param_type_name == "argument"
    ]
    options = [
        f"`{each.opts[0]}`" if each.is_flag else f"`{each.opts[0]} {each.metavar}`"
        for each in command.params
        if each.param_type_name == "option" and each.opts[0] != "--json"
    ]
    yield _row(
        (f"`{' '.join([typed, *arguments])}`", command.help.splitlines()[0], ", ".join(options))
    )
    for name, below in getattr(command, "commands", {}).items():
        yield from _shell_rows(f"{typed} {name}", below)


def _setting_row(field: FieldInfo) -> str:
    if not field.description:
        raise ValueError(f"{field.validation_alias} has no meaning for people to read")
    return _row((f"`{field.validation_alias}`", _default(field.default), field.description))


def _default(value: object) -> str:
    if value is None or value == frozenset():
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    """Rewrite the pages in the folder this is called from."""
    for name, table in PAGES.items():
        path = Path(name)
        path.write_text(with_table(path.read_text("utf-8"), table()), encoding="utf-8")


if __name__ == "__main__":
    main()
