"""One label has one spelling: the one it was first written in."""

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.label_names import LabelNames, unify_labels


def test_a_known_label_is_found_however_it_is_written() -> None:
    assert LabelNames(["Side Effect"]).find("SIDE_EFFECT") == "Side Effect"


def test_an_unknown_label_is_not_found() -> None:
    assert LabelNames(["Side Effect"]).find("SIDE") is None


def test_a_new_label_is_known_from_then_on() -> None:
    names = LabelNames()
    assert (names.name("side-effect"), names.name("Side Effect")) == ("side-effect", "side-effect")


def test_words_are_split_behind_the_longest_known_label() -> None:
    names = LabelNames(["SIDE", "side_effect"])
    assert names.split("SIDE EFFECT severe nausea") == ("side_effect", "severe nausea")


def test_words_that_begin_with_no_known_label_are_not_split() -> None:
    assert LabelNames(["DRUG"]).split("SIDE EFFECT nausea") is None


def test_a_label_with_no_words_behind_it_is_not_split() -> None:
    assert LabelNames(["SIDE EFFECT"]).split("SIDE EFFECT") is None


def test_texts_have_each_label_as_it_was_written_first() -> None:
    texts = [
        AnnotatedText("nausea", (Span(0, 6, "Side Effect"),)),
        AnnotatedText("rash", (Span(0, 4, "side_effect"),)),
    ]
    assert {span.label for text in unify_labels(texts) for span in text.spans} == {"Side Effect"}


def test_texts_have_the_known_spelling_of_a_label() -> None:
    texts = unify_labels([AnnotatedText("nausea", (Span(0, 6, "symptom"),))], ["SYMPTOM"])
    assert texts[0].spans == (Span(0, 6, "SYMPTOM"),)
