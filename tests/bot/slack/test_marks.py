"""Signs that only say how a text is shown are not the text's; those that are its own stay."""

import pytest

from bot.slack.marks import without_line_marks, without_marks


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*chest pain*", "chest pain"),
        ("a _severe_ ~mild~ `x` case", "a severe mild x case"),
        ("*_both_*, and (*this*).", "both, and (this)."),
        ("**bold**", "bold"),
        ("```aspirin```", "\naspirin\n"),
    ],
)
def test_marks_around_words_are_taken_off(written: str, shown: str) -> None:
    assert without_marks(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 = 24",
        "a * b * c",
        "snake_case_name",
        "p < 0.05*, p < 0.01**",
        "HLA-B*27 and HLA-DRB1*04",
        "the C* algebra of M* and N*",
        "__init__.py"[2:],
        "~5 mg and ~10 mg",
        "https://x.example/_a_/*b*",
        "*only one",
        "* * *",
    ],
)
def test_signs_of_the_text_stay(text: str) -> None:
    assert without_marks(text) == text


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("> quoted", "quoted"),
        (">> quoted twice", "quoted twice"),
        ("  • item", "item"),
        ("- item", "item"),
        ("> • item", "item"),
        ("> 38 C", "> 38 C"),
        (">5 mg", ">5 mg"),
        ("- 5 mmHg", "- 5 mmHg"),
        ("-ase is an ending", "-ase is an ending"),
        ("1. one", "1. one"),
    ],
)
def test_a_line_begins_behind_its_quote_or_bullet(line: str, read: str) -> None:
    assert without_line_marks(line) == read
