"""Lines that were broken for want of room are one line; lists, headings and addresses are several."""

import pytest

from ner_engine.sentences import unwrapped


def test_a_mail_is_unwrapped() -> None:
    mail = [
        "The patient was admitted with acute chest pain radiating to the left",
        "arm and was given aspirin. He was discharged on the third day with a",
        "prescription.",
    ]
    assert unwrapped(mail) == (" ".join(mail),)


def test_german_nouns_do_not_hide_that_there_was_no_room() -> None:
    letter = [
        "Die Befristung eines Arbeitsvertrages ohne sachlichen",
        "Grund ist zulässig, wenn sie kurz ist.",
    ]
    assert len(unwrapped(letter)) == 1


def test_a_line_that_is_broken_off_within_a_sentence_goes_on() -> None:
    assert unwrapped(["the pain started in", "my left arm"]) == ("the pain started in my left arm",)


def test_a_hyphen_at_the_end_of_a_line_stays() -> None:
    assert unwrapped(["treated with chemo-", "therapy twice"]) == (
        "treated with chemo-therapy twice",
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["Shopping:", "milk", "eggs"],
        ["Best,", "Anna", "Berlin"],
        ["- severe nausea and vomiting since", "- the day before"],
        ["1. first of all take two of them", "2. then call me"],
        ["It works.", "thanks"],
    ],
)
def test_lines_of_their_own_stay_apart(lines: list[str]) -> None:
    assert unwrapped(lines) == tuple(lines)


def test_an_empty_line_ends_a_paragraph() -> None:
    assert unwrapped(["the pain started in", "", "my left arm"]) == (
        "the pain started in",
        "my left arm",
    )
