"""A label is told from the words around it: by quotes, by capitals, by a colon, by the word between two of them."""

import pytest

from bot.slack.label_words import changed_label, described_label, first_label


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("DRUG aspirin", ("DRUG", "aspirin")),
        ('"SIDE EFFECT" nausea', ("SIDE EFFECT", "nausea")),
        ("“side effect” severe nausea", ("side effect", "severe nausea")),
        ('DRUG "aspirin"', ("DRUG", '"aspirin"')),
        ("DRUG", ("DRUG", "")),
    ],
)
def test_a_label_is_the_first_word_or_what_is_in_quotes(typed: str, read: tuple[str, str]) -> None:
    assert first_label(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("DRUG what was taken", ("DRUG", "what was taken")),
        ("SIDE EFFECT what a drug does besides", ("SIDE EFFECT", "what a drug does besides")),
        ("side effect: what a drug does", ("side effect", "what a drug does")),
        ('"side effect" what a drug does: all', ("side effect", "what a drug does: all")),
        ("SIDE EFFECT", ("SIDE EFFECT", "")),
        ("side effect", ("side effect", "")),
        ("drug what was taken by whom", ("drug", "what was taken by whom")),
    ],
)
def test_a_label_of_several_words_is_told_from_its_description(
    typed: str, read: tuple[str, str]
) -> None:
    assert described_label(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("A B", ("A", "B")),
        ('"SIDE EFFECT" "ADVERSE EVENT"', ("SIDE EFFECT", "ADVERSE EVENT")),
        ("side effect to adverse event", ("side effect", "adverse event")),
        ("side effect -> adverse event", ("side effect", "adverse event")),
        ('"side effect" into AE', ("side effect", "AE")),
        ("A", ("A", "")),
    ],
)
def test_a_label_is_told_from_what_it_becomes(typed: str, read: tuple[str, str]) -> None:
    assert changed_label(typed) == read
