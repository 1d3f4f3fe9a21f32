from hypothesis import given
from hypothesis import strategies as st

from ner_engine.annotation import Span
from ner_engine.scoring.confusion import SHOWN, find_confusions, find_mistakes

A, B = "DRUG", "SYMPTOM"


def kinds(gold: list[Span], found: list[Span]) -> list[str]:
    return [mistake.kind for mistake in find_mistakes(0, gold, found)]


def test_what_is_right_is_no_mistake() -> None:
    assert kinds([Span(0, 4, A)], [Span(0, 4, A)]) == []


def test_other_borders_with_the_same_label_are_a_boundary_mistake() -> None:
    assert kinds([Span(0, 4, A)], [Span(0, 9, A)]) == ["boundary"]


def test_another_label_on_the_same_words_is_a_label_mistake() -> None:
    assert kinds([Span(0, 4, A)], [Span(0, 4, B)]) == ["label"]


def test_what_overlaps_nothing_is_missed_or_spurious() -> None:
    assert kinds([Span(0, 4, A)], [Span(5, 9, A)]) == ["missed", "spurious"]


def test_a_span_goes_with_the_one_it_overlaps_most() -> None:
    mistakes = list(find_mistakes(0, [Span(0, 10, A)], [Span(0, 2, A), Span(3, 10, A)]))
    assert [(mistake.kind, mistake.found) for mistake in mistakes] == [
        ("boundary", Span(3, 10, A)),
        ("spurious", Span(0, 2, A)),
    ]


def test_mistakes_are_counted_by_kind_and_labels_the_most_frequent_first() -> None:
    gold = [[Span(0, 4, A)], [Span(0, 4, A)], [Span(0, 4, B)]]
    found = [[Span(0, 4, B)], [Span(0, 4, B)], []]
    first, second = find_confusions(gold, found)
    assert (first.kind, first.gold, first.found, first.count) == ("label", A, B, 2)
    assert [mistake.sentence_id for mistake in first.examples] == [0, 1]
    assert (second.kind, second.gold, second.found, second.count) == ("missed", B, None, 1)


def test_a_few_of_many_are_shown() -> None:
    (missed,) = find_confusions([[Span(0, 1, A)]] * 9, [[]] * 9)
    assert (missed.count, len(missed.examples)) == (9, SHOWN)


spans = st.lists(
    st.builds(
        lambda start, length, label: Span(start, start + length, label),
        st.integers(0, 20),
        st.integers(1, 5),
        st.sampled_from([A, B]),
    ),
    max_size=5,
)


@given(spans, spans)
def test_each_wrong_span_is_part_of_one_mistake(gold: list[Span], found: list[Span]) -> None:
    mistakes = list(find_mistakes(0, gold, found))
    wanted = sorted(mistake.gold for mistake in mistakes if mistake.gold)
    given_ = sorted(mistake.found for mistake in mistakes if mistake.found)
    assert wanted == sorted(set(gold) - set(found))
    assert given_ == sorted(set(found) - set(gold))
