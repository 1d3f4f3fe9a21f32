"""What is said where a command is not understood: one line, the nearest form that works, and [Help]."""

import pytest

from bot.listening import COMMANDS
from bot.slack.command_help import (
    CommandHelp,
    HelpLine,
    misunderstood_view,
    nearest_form,
    usage_view,
)

HELP = {told.command: told for told in COMMANDS}


@pytest.mark.parametrize(
    ("command", "typed", "nearest"),
    [
        ("/train", "shedule daily", "/train schedule every day at 03:00"),
        ("/train", "satus", "/train status"),
        ("/train", "Histroy", "/train history"),
        ("/train", "digest soon", "/train digest every day at 09:00"),
        ("/nerbot", "rewiew", "/nerbot review"),
        ("/nerbot", "project setings random 5", "/nerbot project settings annotations 2 random 25"),
        ("/nerbot", "models compair 3", "/nerbot models compare 3 5"),
        ("/label", "undoo", "/label undo"),
        ("/label", "FEVER", "/label SYMPTOM chest pain"),
        ("/ner", "", "/ner She came in with chest pain."),
        ("/nerbot", "wibble", None),
        ("/nerbot", "compare 3", "/nerbot models compare 3 5"),
        ("/nerbot", "rename FEVER", "/nerbot labels rename SYMPTON SYMPTOM"),
        ("/nerbot", "digest weekly", "/train digest every day at 09:00"),
        ("/nerbot", "undo", "/label undo"),
        ("/train", "review", "/nerbot review"),
    ],
)
def test_the_nearest_form_is_the_one_that_begins_most_alike(
    command: str, typed: str, nearest: str | None
) -> None:
    assert nearest_form(HELP[command], typed, COMMANDS) == nearest


@pytest.mark.parametrize("told", COMMANDS, ids=lambda told: told.command)
def test_a_reason_is_one_line_with_a_help_button(told: CommandHelp) -> None:
    view = misunderstood_view(told, "x" * 5_000, "wibble")
    assert "\n" not in view.text
    assert len(view.text) < 450
    words, row = (block.to_dict() for block in view.blocks)
    assert [each["text"]["text"] for each in row["elements"]] == ["Help"]
    assert row["elements"][0]["value"] == told.command
    assert words["type"] == "rich_text"


def test_a_reason_that_names_a_form_gets_no_other() -> None:
    told = CommandHelp("/x", "", (HelpLine("/x on", "begins"),))
    assert (
        misunderstood_view(told, "Which one? Type /x off 3", "on").text
        == "Which one? Type /x off 3"
    )


def test_a_reason_that_only_begins_with_the_command_gets_a_form() -> None:
    told = CommandHelp("/x", "", (HelpLine("/x on", "begins"),))
    text = misunderstood_view(told, "/x has no command “onn”.", "onn").text
    assert text == "/x has no command “onn”. Try /x on"


def test_the_forms_of_a_command_that_has_many_stand_below_headings() -> None:
    blocks = [block.to_dict() for block in usage_view(HELP["/nerbot"]).blocks]
    texts = [
        "".join(run["text"] for section in block["elements"] for run in section["elements"])
        for block in blocks
    ]
    assert "Labels" in texts
    assert texts[texts.index("Erasing") + 1].startswith("/nerbot forget")
