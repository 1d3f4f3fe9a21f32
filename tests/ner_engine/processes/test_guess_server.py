"""What guesses before there is a model: by meanings, by a handful of sentences, and by nothing that was undone."""

from typing import Any

import pytest

from ner_engine.processes.guess_server import Guesses

LABELS = [["DRUG", "a medicine or another chemical substance"], ["SYMPTOM", "what a patient feels"]]
GOLD = [
    {"text": f"A patient with {symptom} takes {drug}.", "spans": [
        {"start": 15, "end": 15 + len(symptom), "label": "SYMPTOM"},
        {"start": 22 + len(symptom), "end": 22 + len(symptom) + len(drug), "label": "DRUG"},
    ]}
    for symptom, drug in (("chest pain", "aspirin"), ("fever", "codeine"), ("nausea", "insulin"))
]  # fmt: skip
NEW = "A patient with a headache takes ibuprofen."


@pytest.fixture(scope="module")
def guesses() -> Guesses:
    """One for all tests here, each with projects of its own."""
    return Guesses()


def learn(guesses: Guesses, project: str, gold: list[dict[str, Any]]) -> dict[str, Any]:
    request = {"id": 1, "learn": project, "labels": LABELS, "gold": gold, "texts": [NEW]}
    return guesses.answer(request)


def found(guesses: Guesses, project: str, text: str = NEW) -> dict[str, str]:
    """The phrases that are guessed, with their labels."""
    (told,) = guesses.answer({"id": 2, "guess": project, "texts": [text]})["texts"]
    return {text[span["start"] : span["end"]]: span["label"] for span in told["spans"]}


def test_with_nothing_labelled_a_meaning_finds_what_it_is_near_to(guesses: Guesses) -> None:
    assert learn(guesses, "meanings", []) == {"id": 1, "learned": 0}
    assert found(guesses, "meanings").get("ibuprofen") == "DRUG"


def test_three_sentences_teach_a_head_that_finds_what_they_did_not_hold(guesses: Guesses) -> None:
    assert learn(guesses, "head", GOLD) == {"id": 1, "learned": 3}
    assert found(guesses, "head")["ibuprofen"] == "DRUG"


def test_phrases_labelled_before_are_guessed(guesses: Guesses) -> None:
    learn(guesses, "phrases", GOLD[:1])
    assert found(guesses, "phrases", "Chest pain again.")["Chest pain"] == "SYMPTOM"


def test_sentences_in_which_nothing_is_labelled_teach_no_head(guesses: Guesses) -> None:
    nothing = [{"text": f"No complaints on day {day}.", "spans": []} for day in range(4)]
    assert learn(guesses, "nothing", nothing) == {"id": 1, "learned": 4}


def test_what_a_lesson_leaves_out_is_known_no_longer(guesses: Guesses) -> None:
    learn(guesses, "anew", GOLD[:2])
    learn(guesses, "anew", GOLD[:1])
    assert found(guesses, "anew", "Codeine again.") != {"Codeine": "DRUG"}


def test_nothing_is_guessed_for_a_project_that_was_taught_nothing(guesses: Guesses) -> None:
    answer = guesses.answer({"id": 4, "guess": "strange", "texts": [NEW]})
    assert answer["error"] == "nothing_learned"


@pytest.mark.parametrize("gold", [[], GOLD])
def test_what_may_be_an_entity_is_told_with_its_label(
    guesses: Guesses, gold: list[dict[str, Any]]
) -> None:
    """From the labels' meanings alone, and from a head."""
    learn(guesses, "hints", gold)
    told = guesses.answer({"id": 3, "hints": "hints", "text": NEW})["hints"]
    labels = {
        NEW[hint["span"]["start"] : hint["span"]["end"]]: hint["span"]["label"]
        for hint in reversed(told)
    }
    assert labels["ibuprofen"] == "DRUG"
    assert all(0 < hint["probability"] < 1 for hint in told)


def test_nothing_is_told_of_a_project_that_was_not_learned(guesses: Guesses) -> None:
    assert "error" in guesses.answer({"id": 3, "hints": "never", "text": NEW})
