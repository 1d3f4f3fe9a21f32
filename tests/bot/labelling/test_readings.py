"""Which words of a line are the label and which the phrase: by the project's labels, capitals and the sentence."""

import pytest

from bot.labelling.commands import LabelWords
from bot.labelling.parsing import read_label
from bot.labelling.readings import plainly_meant
from bot.labelling.values.intents import MarkedSentence, MarkedSentences

LABELS = ("DRUG", "SIDE_EFFECT", "SYMPTOM")
TEXT = "She took metformin for a year and had nausea and a drug allergy."


def read(typed: str, text: str | None = TEXT, labels: tuple[str, ...] = LABELS) -> object:
    command = read_label(typed)
    assert isinstance(command, LabelWords), command
    meant = plainly_meant(command, labels, command.sentence or text)
    return None if meant is None else (meant.label, meant.phrase)


@pytest.mark.parametrize(
    "typed",
    [
        "DRUG metformin", "drug metformin", "Drug metformin", "metformin DRUG", "metformin drug",
        "DRUG=metformin", "metformin=DRUG", "metformin = drug", "DRUG: metformin", "drug:metformin",
        "metformin: DRUG", "metformin -> DRUG", "metformin → DRUG", "metformin is a DRUG",
        "metformin is a drug", "metformin is DRUG", "metformin as drug", "[metformin](DRUG)",
        "metformin (DRUG)", "{metformin=DRUG}", "“metformin” DRUG", "“metformin” drug",
    ],
)  # fmt: skip
def test_a_known_label_is_read_wherever_and_however_it_stands(typed: str) -> None:
    assert read(typed) == ("DRUG", "metformin")


@pytest.mark.parametrize(
    "typed",
    ["SIDE EFFECT nausea", "side effect nausea", "side-effect nausea", "nausea SIDE EFFECT",
     "nausea = side effect", "nausea is a side effect", "SIDE EFFECT nausea in: Then nausea came."],
)  # fmt: skip
def test_a_known_label_of_two_words_is_read_as_the_project_writes_it(typed: str) -> None:
    assert read(typed) == ("SIDE_EFFECT", "nausea")


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("FINDING nausea", ("FINDING", "nausea")),
        ("nausea FINDING", ("FINDING", "nausea")),
        ("nausea = FINDING", ("FINDING", "nausea")),
        ("FINDING a headache", ("FINDING", "a headache")),
    ],
)
def test_a_new_label_is_meant_where_it_is_typed_in_capitals(
    typed: str, means: tuple[str, str]
) -> None:
    assert read(typed) == means


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("throbbing headache", "He has a throbbing headache."),
        ("throbbing headache", "He has a headache."),
        ("remove fever", "He has a fever."),
        ("chest pain", None),
        ("chest pain in: He has chest pain.", None),
        ("headache = throbbing", "He has a headache."),
        ("MRI scan", "An MRI scan was done."),
        ("A fever", "A fever of two days."),
        ("ADVERSE EVENT nausea", TEXT),
        ("drug allergy", TEXT),
        ("finding nausea", TEXT),
    ],
)
def test_any_other_word_is_asked_about(typed: str, text: str | None) -> None:
    assert read(typed, text) is None


def test_the_sentence_decides_between_two_labels() -> None:
    assert read("GENE drug", "The GENE is odd.") == ("DRUG", "GENE")


def test_lines_with_braces_are_a_sentence_each() -> None:
    command = read_label("He took {aspirin=DRUG}.\n\nShe had {nausea=SYMPTOM} at night.")
    assert isinstance(command, MarkedSentences)
    assert [marked.text for marked in command.marked] == [
        "He took aspirin.",
        "She had nausea at night.",
    ]


def test_a_line_that_goes_on_in_small_letters_is_a_wrap() -> None:
    command = read_label("He took {aspirin=DRUG}\nand had {nausea=SYMPTOM}.")
    assert isinstance(command, MarkedSentence)
    assert command.text == "He took aspirin and had nausea."


def test_a_line_without_entities_is_a_sentence_of_its_own() -> None:
    none = "none in: No complaints today."
    for typed in (f"He took {{aspirin=DRUG}}.\n{none}", f"{none}\nHe took [aspirin](DRUG)."):
        command = read_label(typed)
        assert isinstance(command, MarkedSentences)
        read = {marked.text: len(marked.spans) for marked in command.marked}
        assert read == {"No complaints today.": 0, "He took aspirin.": 1}


def test_a_wrapped_line_without_entities_stays_one_sentence() -> None:
    command = read_label("none in: No complaints today,\nhere for a prescription.")
    assert command == MarkedSentence("No complaints today, here for a prescription.", ())


def test_labels_in_small_letters_are_told_apart_in_braces() -> None:
    command = read_label("He took {aspirin=drug} and {codeine=PILL}.")
    assert isinstance(command, MarkedSentence)
    assert command.not_in_capitals == ("drug",)
