"""Writes the README's table of commands from their help, between two markers: `python -m bot.cli.readme`."""

from collections.abc import Iterable
from pathlib import Path

from bot.app import COMMANDS
from bot.domain.roles import Role
from bot.slack.command_help import CommandHelp, HelpLine

BEGIN = "<!-- from the code: make readme -->"
END = "<!-- end of what is from the code -->"

_WHO = {Role.LABELLER: "everybody", Role.REVIEWER: "reviewers, owners", Role.OWNER: "owners"}


def commands_table(commands: Iterable[CommandHelp]) -> str:
    """Every form of every command, what it does, and who may."""
    rows = (_row(line) for told in commands for line in told.lines)
    return "\n".join(("| command | does | who may |", "|---|---|---|", *rows))


def with_table(readme: str) -> str:
    """The README with the table as the code has it."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{commands_table(COMMANDS)}\n{END}{after}"


def _row(line: HelpLine) -> str:
    typed = f"`{line.typed}`" if line.typed.startswith("/") else line.typed
    return (
        "| "
        + " | ".join(cell.replace("|", "\\|") for cell in (typed, line.does, _WHO[line.who]))
        + " |"
    )


def main() -> None:
    """Rewrite README.md in the folder this is called from."""
    path = Path("README.md")
    path.write_text(with_table(path.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
