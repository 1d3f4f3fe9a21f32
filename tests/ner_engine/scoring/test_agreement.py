"""Agreement between people, by literal values."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ner_engine.annotation import Span
from ner_engine.scoring.agreement import PairF1, SpanAgreement, lenient_agreement, span_agreement

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


def test_an_overlap_with_the_same_label_is_lenient_agreement() -> None:
    shorter = Span(0, 3, "DRUG")
    strict = span_agreement([{"ann": [A, B], "ben": [shorter, C]}])
    assert strict
    assert strict.overall.f1 == 0
    assert lenient_agreement([{"ann": [A, B], "ben": [shorter, C]}]) == PairF1(0.5, 4, 1)


def test_lenient_agreement_needs_a_sentence_that_two_people_finished() -> None:
    assert lenient_agreement([{"ann": [A]}, {}]) is None
    assert lenient_agreement([{"ann": [], "ben": []}]) == PairF1(1.0, 0, 1)


def test_sentences_only_one_finished_do_not_count() -> None:
    found = span_agreement([{"ann": [A], "ben": [A]}, {"ann": [B]}])
    assert found
    assert found.overall == PairF1(1.0, 2, 1)


def compared_one_by_one(sentences: list[dict[str, tuple[Span, ...]]]) -> SpanAgreement | None:
    """The same by the definition: every pair of people on every sentence."""

    def f1(pairs: list[tuple[set[Span], set[Span]]]) -> PairF1:
        both = sum(len(mine & theirs) for mine, theirs in pairs)
        spans = sum(len(mine) + len(theirs) for mine, theirs in pairs)
        return PairF1(2 * both / spans if spans else 1.0, spans, len(pairs))

    compared = [
        ((one, other), set(by_person[one]), set(by_person[other]))
        for by_person in sentences
        for one, other in combinations(sorted(by_person), 2)
    ]
    if not compared:
        return None
    per_label = {}
    for label in {span.label for _, mine, theirs in compared for span in mine | theirs}:
        only = [
            ({s for s in mine if s.label == label}, {s for s in theirs if s.label == label})
            for _, mine, theirs in compared
        ]
        per_label[label] = f1([(mine, theirs) for mine, theirs in only if mine or theirs])
    per_pair = {
        names: f1([(mine, theirs) for of, mine, theirs in compared if of == names])
        for names, _, _ in compared
    }
    return SpanAgreement(f1([(m, t) for _, m, t in compared]), per_label, per_pair)


some_spans = st.lists(
    st.builds(
        lambda start, label: Span(start, start + 1, label), st.integers(0, 3), st.sampled_from("AB")
    ),
    max_size=4,
).map(tuple)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), some_spans, max_size=4), max_size=6))
def test_one_pass_says_what_comparing_every_pair_says(
    sentences: list[dict[str, tuple[Span, ...]]],
) -> None:
    assert span_agreement(sentences) == compared_one_by_one(sentences)


def leniently_one_by_one(sentences: list[dict[str, tuple[Span, ...]]]) -> PairF1 | None:
    """Every pair of people on every sentence."""
    pairs = [pair for by_person in sentences for pair in combinations(list(by_person.values()), 2)]
    sides = [side for one, other in pairs for side in ((one, other), (other, one))]
    met = sum(
        any(span.label == each.label and span.overlaps(each.start, each.end) for each in theirs)
        for mine, theirs in sides
        for span in mine
    )
    spans = sum(len(mine) for mine, _ in sides)
    return PairF1(met / spans if spans else 1.0, spans, len(pairs)) if pairs else None


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), some_spans, max_size=4), max_size=6))
def test_what_several_marked_alike_counts_for_each_of_their_pairs(
    sentences: list[dict[str, tuple[Span, ...]]],
) -> None:
    assert lenient_agreement(sentences) == leniently_one_by_one(sentences)
