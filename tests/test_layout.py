"""Small enough to see whole: how long a file and a function of the program may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 60

#: What is longer, and why it may be. What no longer is has to leave this list.
LONGER_FILES: dict[str, str] = {}
LONGER_FUNCTIONS = {
    "bot/db/migrations/versions/v0040.py _make_watches": "a migration stays as it was applied",
}


def program_files() -> Iterator[tuple[str, str]]:
    """Every file of the program, by its path, with its text."""
    for folder in ("bot", "ner_engine"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def test_no_file_of_the_program_has_more_than_300_lines() -> None:
    longer = {name for name, text in program_files() if text.count("\n") > MOST_LINES}
    assert longer == set(LONGER_FILES)


def test_no_function_of_the_program_has_more_than_60_lines() -> None:
    longer = {
        f"{name} {node.name}"
        for name, text in program_files()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    }
    assert longer == set(LONGER_FUNCTIONS)
