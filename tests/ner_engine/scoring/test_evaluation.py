import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine import Span
from ner_engine.scoring.evaluation import compare, evaluate, evaluate_finer, scores_to_json

A, B, C = Span(0, 4, "DRUG"), Span(5, 9, "DRUG"), Span(10, 14, "SYMPTOM")
SENTENCES = st.lists(st.sets(st.sampled_from([A, B, C])).map(tuple), min_size=1, max_size=8)


def test_precision_recall_f1_and_support_are_counted_strictly() -> None:
    near = Span(0, 5, "DRUG")
    other = Span(10, 14, "DRUG")
    found = evaluate([(A, B), (C,)], [(A, near), (other,)])
    assert found.overall.precision == pytest.approx(1 / 3)
    assert found.overall.recall == pytest.approx(1 / 3)
    assert found.overall.f1 == pytest.approx(1 / 3)
    assert found.overall.support == 3


def test_every_label_has_a_score_of_its_own() -> None:
    found = evaluate([(A, B, C)], [(A, C)])
    assert {label: score.f1 for label, score in found.per_label} == {
        "DRUG": pytest.approx(2 / 3),
        "SYMPTOM": 1.0,
    }


def test_nothing_found_and_nothing_to_find_is_a_score_of_zero() -> None:
    assert evaluate([()], [()]).overall.f1 == 0


@given(SENTENCES)
def test_the_gold_itself_scores_full_marks_wherever_there_is_an_entity(gold: Any) -> None:
    assert evaluate(gold, gold).overall.f1 == float(any(gold))


@given(st.lists(st.tuples(SENTENCES.map(lambda s: s[0]), SENTENCES.map(lambda s: s[0]))))
def test_the_interval_holds_only_shares_and_is_in_order(pairs: Any) -> None:
    gold, found = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    low, high = evaluate(gold, found).interval
    assert 0 <= low <= high <= 1


def test_more_sentences_make_the_interval_narrower() -> None:
    def width(times: int) -> float:
        low, high = evaluate([(A,), (B,)] * times, [(A,), ()] * times).interval
        return high - low

    assert width(100) < width(5) / 2


def test_the_interval_is_the_same_every_time() -> None:
    sides = [(A,), (B,), (C,)], [(A,), (), (C,)]
    assert evaluate(*sides) == evaluate(*sides)


def test_a_model_is_as_good_as_itself() -> None:
    found = compare([(A,), (B,)], [(A,), ()], [(A,), ()])
    assert (found.delta, found.probability_better) == (0, 0.5)


def test_a_clearly_better_candidate_is_probably_better() -> None:
    gold = [(A,), (B,), (C,)] * 10
    found = compare(gold, gold, [(A,), (), ()] * 10)
    assert found.delta > 0
    assert found.probability_better > 0.99
    assert found.interval
    assert found.interval[0] > 0


@given(SENTENCES, st.randoms())
def test_what_one_wins_the_other_loses(gold: Any, random: Any) -> None:
    one, two = ([spans[: random.randint(0, 3)] for spans in gold] for _ in range(2))
    there, back = compare(gold, one, two), compare(gold, two, one)
    assert there.delta == -back.delta
    assert there.probability_better == pytest.approx(1 - back.probability_better)


def test_results_are_json() -> None:
    values = scores_to_json(evaluate([(A,)], [(A,)]))
    assert json.loads(json.dumps(values)) == values


# -- Beside the strict score ---------------------------------------------------------------------

LONG, HEAD, OTHER = Span(0, 10, "A"), Span(4, 10, "A"), Span(20, 25, "B")


def test_an_overlap_with_the_right_label_counts_leniently_and_not_strictly() -> None:
    assert evaluate([[LONG, OTHER]], [[HEAD]]).overall.f1 == 0
    finer = evaluate_finer([[LONG, OTHER]], [[HEAD]])
    assert (finer.lenient.precision, finer.lenient.recall) == (1.0, 0.5)
    assert finer.lenient.f1 == pytest.approx(2 / 3)
    assert dict(finer.lenient_per_label)["A"].f1 == 1
    assert dict(finer.lenient_per_label)["B"].support == 1


def test_an_overlap_with_another_label_never_counts() -> None:
    assert evaluate_finer([[LONG]], [[Span(0, 10, "B")]]).lenient.f1 == 0


def test_phrases_that_were_learned_and_new_ones_are_scored_apart_and_strictly() -> None:
    found = [[LONG, Span(30, 32, "B")], [HEAD]]
    finer = evaluate_finer([[LONG, OTHER], [LONG]], found, lambda _, span: span == LONG)
    assert finer.seen is not None
    assert finer.unseen is not None
    assert (finer.seen.precision, finer.seen.recall, finer.seen.support) == (1.0, 0.5, 2)
    assert (finer.unseen.f1, finer.unseen.support) == (0.0, 1)


def test_without_knowing_what_was_learned_no_phrase_is_called_new() -> None:
    finer = evaluate_finer([[LONG]], [[LONG]])
    assert (finer.seen, finer.unseen) == (None, None)
