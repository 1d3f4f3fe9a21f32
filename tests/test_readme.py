"""What the README says of the commands is what the code knows."""

from pathlib import Path

from bot.app import COMMANDS
from bot.cli.readme import BEGIN, END, commands_table, with_table
from bot.domain.roles import Role
from bot.slack.command_help import CommandHelp, HelpLine

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_the_table_of_commands_is_that_of_the_code() -> None:
    """Where this fails: make readme."""
    assert (README.count(BEGIN), README.count(END)) == (1, 1)
    assert with_table(README) == README


def test_every_form_of_every_command_is_in_it_with_who_may() -> None:
    lines = [line for told in COMMANDS for line in told.lines]
    table = commands_table(COMMANDS)
    assert table.count("\n") == len(lines) + 1
    assert "| `/nerbot review` | sentences people disagree on" in table
    assert "| reviewers, owners |" in table


def test_a_bar_stays_in_its_cell() -> None:
    told = CommandHelp("/x", "", (HelpLine("/x a|b", "this | that", Role.OWNER),))
    assert commands_table([told]).endswith("| `/x a\\|b` | this \\| that | owners |")
