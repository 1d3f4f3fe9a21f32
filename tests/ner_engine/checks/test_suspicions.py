"""What is probably labelled wrongly, by literal predictions."""

import pytest

from ner_engine import AnnotatedText, Span
from ner_engine.checks import OutOfFoldPrediction
from ner_engine.checks.suspicions import suspicions

TEXT = "She takes aspirin."
DRUG, FOOD = Span(10, 17, "DRUG"), Span(10, 17, "FOOD")


def found(
    *spans: Span, sure: float, gold: tuple[float, ...], of: tuple[Span, ...]
) -> tuple[AnnotatedText, OutOfFoldPrediction]:
    """A sentence labelled `of`, whose spans a model gives these chances; it finds others."""
    return AnnotatedText(TEXT, of), OutOfFoldPrediction(spans, (sure,) * len(spans), gold)


def rank(*pairs: tuple[AnnotatedText, OutOfFoldPrediction | None]) -> list[int]:
    gold, predictions = [text for text, _ in pairs], [prediction for _, prediction in pairs]
    return [each.sentence for each in suspicions(gold, predictions)]


def test_the_surer_a_model_is_of_something_else_the_more_probable_is_an_error() -> None:
    unsure = found(DRUG, sure=0.6, gold=(), of=())
    sure = found(DRUG, sure=0.99, gold=(), of=())
    assert rank(unsure, sure) == [1, 0]


def test_what_a_model_labels_just_as_people_do_is_no_suspicion() -> None:
    assert rank(found(DRUG, sure=0.9, gold=(0.9,), of=(DRUG,))) == []


def test_what_nobody_asked_a_model_about_is_no_suspicion() -> None:
    assert rank((AnnotatedText(TEXT), None)) == []


def test_unfinished_sentences_are_no_errors() -> None:
    text = AnnotatedText(TEXT, (), finished=False)
    assert rank((text, OutOfFoldPrediction((DRUG,), (0.99,), ()))) == []


@pytest.mark.parametrize(
    ("of", "model", "meant"),
    [
        ((), (DRUG,), (DRUG,)),
        ((FOOD,), (DRUG,), (DRUG,)),
        ((DRUG,), (), ()),
    ],
)
def test_a_suspicion_says_how_the_sentence_may_be_meant(
    of: tuple[Span, ...], model: tuple[Span, ...], meant: tuple[Span, ...]
) -> None:
    pair = found(*model, sure=0.95, gold=(0.01,) * len(of), of=of)
    [suspicion] = suspicions([pair[0]], [pair[1]])
    assert suspicion.spans == meant


def test_other_entities_of_the_sentence_stay_as_they_are() -> None:
    she = Span(0, 3, "PERSON")
    text = AnnotatedText(TEXT, (she,))
    [suspicion] = suspicions([text], [OutOfFoldPrediction((she, DRUG), (0.9, 0.9), (0.9,))])
    assert suspicion.spans == (she, DRUG)


def test_a_phrase_that_is_labelled_elsewhere_is_more_probably_missed() -> None:
    """The model is as sure of both; the other sentences speak for one of them alone."""
    elsewhere = AnnotatedText("Give aspirin now.", (Span(5, 12, "DRUG"),))
    known = found(DRUG, sure=0.7, gold=(), of=())
    other = AnnotatedText("She takes codeine.")
    new = other, OutOfFoldPrediction((Span(10, 17, "DRUG"),), (0.7,), ())
    assert rank((elsewhere, None), new, known) == [2, 1]


def test_probabilities_are_between_0_and_1_and_come_in_order() -> None:
    pairs = [found(DRUG, sure=sure, gold=(), of=()) for sure in (0.0, 0.5, 1.0)]
    told = suspicions([text for text, _ in pairs], [prediction for _, prediction in pairs])
    probabilities = [each.probability for each in told]
    assert all(0 < probability < 1 for probability in probabilities)
    assert probabilities == sorted(probabilities, reverse=True)
