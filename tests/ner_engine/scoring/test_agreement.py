"""Agreement between people, by literal values."""

from ner_engine.annotation import Span
from ner_engine.scoring.agreement import PairF1, span_agreement

A, B, C = Span(0, 5, "DRUG"), Span(6, 9, "DRUG"), Span(6, 9, "SYMPTOM")


def test_without_a_sentence_that_two_people_finished_there_is_no_agreement() -> None:
    assert span_agreement([{"ann": [A]}, {}]) is None


def test_the_same_spans_are_full_agreement() -> None:
    found = span_agreement([{"ann": [A, B], "ben": [B, A]}])
    assert found
    assert found.overall == PairF1(1.0, 4, 1)


def test_agreement_is_twice_the_common_spans_by_all_spans() -> None:
    found = span_agreement([{"ann": [A, B], "ben": [A]}])
    assert found
    assert found.overall == PairF1(2 / 3, 3, 1)


def test_a_span_with_another_label_is_another_span() -> None:
    found = span_agreement([{"ann": [A, B], "ben": [A, C]}])
    assert found
    assert found.overall.f1 == 0.5
    assert found.per_label == {
        "DRUG": PairF1(2 / 3, 3, 1),
        "SYMPTOM": PairF1(0.0, 1, 1),
    }


def test_nothing_on_both_sides_is_nothing_to_disagree_about() -> None:
    found = span_agreement([{"ann": [], "ben": []}])
    assert found
    assert (found.overall, found.per_label) == (PairF1(1.0, 0, 1), {})


def test_the_pairs_of_three_people_are_pooled() -> None:
    found = span_agreement([{"ann": [A, B], "ben": [A, B], "cas": []}])
    assert found
    assert found.overall == PairF1(0.5, 8, 3)
    assert {pair: score.f1 for pair, score in found.per_pair.items()} == {
        ("ann", "ben"): 1.0,
        ("ann", "cas"): 0.0,
        ("ben", "cas"): 0.0,
    }


def test_sentences_only_one_finished_do_not_count() -> None:
    found = span_agreement([{"ann": [A], "ben": [A]}, {"ann": [B]}])
    assert found
    assert found.overall == PairF1(1.0, 2, 1)
