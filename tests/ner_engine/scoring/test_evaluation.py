import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine import Span
from ner_engine.scoring.evaluation import compare, evaluate, scores_to_json

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
