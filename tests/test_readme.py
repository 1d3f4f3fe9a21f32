"""The README is short, and what docs/ says of commands and settings is what the code knows."""

from pathlib import Path

import pytest

from bot.cli.readme import (
    BEGIN,
    END,
    PAGES,
    commands_table,
    settings_table,
    shell_tables,
    with_table,
)
from bot.domain.roles import Role
from bot.listening import COMMANDS
from bot.settings import Settings
from bot.slack.command_help import CommandHelp, HelpLine

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LONGEST = 100
"""Lines. What takes more to explain has a page in docs/."""


def test_the_readme_is_short_and_leads_to_the_pages() -> None:
    """Where this fails: docs/ has a page for each job."""
    assert len(README.splitlines()) <= LONGEST
    assert "](docs/index.md)" in README


@pytest.mark.parametrize("name", PAGES)
def test_a_table_is_that_of_the_code(name: str) -> None:
    """Where this fails: make readme."""
    page = (ROOT / name).read_text("utf-8")
    assert (page.count(BEGIN), page.count(END)) == (1, 1)
    assert with_table(page, PAGES[name]()) == page


def test_every_form_of_every_command_is_in_it_with_who_may() -> None:
    lines = [line for told in COMMANDS for line in told.lines]
    table = commands_table(COMMANDS)
    assert table.count("\n") == len(lines) + 1
    assert "| `/nerbot review` | sentences people disagree on" in table
    assert "| reviewers, owners |" in table


def test_every_setting_is_in_it_with_its_default() -> None:
    table = settings_table()
    assert table.count("\n") == len(Settings.model_fields) + 1
    assert "| `NERBOT_TRAININGS` | `1` | how many trainings" in table
    assert "| `NERBOT_OWNERS` | – |" in table


def test_every_command_of_the_shell_is_in_it_and_every_exit_code() -> None:
    table = shell_tables()
    assert (
        "| `nerbot train` | Train a model on a file and save it. | `--data FILE`, `--out DIR`"
        in table
    )
    assert "| `nerbot models export N\\|DIR` |" in table
    assert "| `130` | stopped by Ctrl-C |" in table


def test_a_bar_stays_in_its_cell() -> None:
    told = CommandHelp("/x", "", (HelpLine("/x a|b", "this | that", Role.OWNER),))
    assert commands_table([told]).endswith("| `/x a\\|b` | this \\| that | owners |")
