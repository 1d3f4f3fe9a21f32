"""Meanings guess as near as the finished sentences say that they are right."""

from collections.abc import Mapping

import pytest
import spacy
from spacy.tokens import Doc

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.prediction.first_guesses import NEAR
from ner_engine.training.nearness import ENOUGH, SURE, choose_nearness

NLP = spacy.blank("en")
DRUGS = ("aspirin", "codeine", "insulin", "morphine", "ibuprofen", "naproxen", "heparin", "digoxin")


class Words:
    """Finds words it was told, each as near as it was told, as drugs."""

    def __init__(self, nearness: Mapping[str, float]) -> None:
        self._nearness = nearness

    def find(self, doc: Doc, near: float) -> Mapping[Span, float | None]:
        found = {
            Span(token.idx, token.idx + len(token), "DRUG"): self._nearness[token.text]
            for token in doc
            if self._nearness.get(token.text, 0) >= near
        }
        return dict(sorted(found.items(), key=lambda item: -item[1]))


def finished(*drugs: str) -> list[AnnotatedText]:
    return [
        AnnotatedText(f"She takes {drug} daily.", (Span(10, 10 + len(drug), "DRUG"),))
        for drug in drugs
    ]


def test_with_nothing_finished_half_of_what_is_guessed_may_be_wrong() -> None:
    assert choose_nearness(Words({}), NLP, []) == NEAR


@pytest.mark.parametrize("sentences", [1, 3, 5, 7])
def test_what_is_right_in_the_finished_sentences_goes_on(sentences: int) -> None:
    drugs = DRUGS[:sentences]
    assert choose_nearness(Words(dict.fromkeys(drugs, NEAR)), NLP, finished(*drugs)) == NEAR


@pytest.mark.parametrize("sentences", [3, 5, 7])
def test_what_is_wrong_in_them_ends(sentences: int) -> None:
    words = Words({"takes": 0.9, "daily": 0.9, "She": 0.9})
    assert choose_nearness(words, NLP, finished(*DRUGS[:sentences]), sure=0.5) is None


def test_where_a_head_finds_nothing_any_guess_is_better_than_none() -> None:
    assert choose_nearness(Words({"takes": 0.9}), NLP, finished(*DRUGS[:3]), sure=0.0) == NEAR


def test_beside_a_head_that_is_sure_meanings_are_silent() -> None:
    drugs = DRUGS[:3]
    assert (
        choose_nearness(Words(dict.fromkeys(drugs, 0.9)), NLP, finished(*drugs), sure=SURE) is None
    )


def test_what_is_right_only_when_nearer_has_to_be_nearer() -> None:
    words = Words({"aspirin": 0.27, "takes": 0.18, "daily": 0.18, "She": 0.18})
    assert choose_nearness(words, NLP, finished(*DRUGS[:4]), sure=0.5) == 0.2


def test_what_phrases_find_by_themselves_does_not_count_for_meanings() -> None:
    words = Words({"aspirin": 0.9, "takes": 0.5})
    assert choose_nearness(words, NLP, finished(*["aspirin"] * 5)) is None


def test_of_guesses_that_meet_only_the_best_counts() -> None:
    class Both(Words):
        def find(self, doc: Doc, near: float) -> Mapping[Span, float | None]:
            best = super().find(doc, near)
            return {**best, **{Span(span.start - 1, span.end, "DRUG"): 0.2 for span in best}}

    words = Both(dict.fromkeys(DRUGS, 0.9))
    assert choose_nearness(words, NLP, finished(*DRUGS[:3])) == NEAR


def test_beside_a_head_of_enough_sentences_meanings_are_silent() -> None:
    drugs = [f"drug{number}" for number in range(ENOUGH)]
    assert choose_nearness(Words(dict.fromkeys(drugs, 0.9)), NLP, finished(*drugs)) is None
