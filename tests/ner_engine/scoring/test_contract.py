"""From which confidence on a promised share of what goes out is right."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.results import Contract, Outcomes
from ner_engine.scoring.contract import OF_ONE_NETWORK, make_contract

PLAIN = (1.0, 0.0)


def drawn(label: str, count: int, *, seed: int, off: float = 0.0, slope: float = 0.62) -> Outcomes:
    """Entities that fold models found, too sure of themselves, as those of other corpora are."""
    random = np.random.default_rng(seed)
    odds = random.normal(2.5, 2.5, count)
    right = random.random(count) < 1 / (1 + np.exp(-(slope * odds - 0.3 + off)))
    return Outcomes(
        label,
        tuple(round(float(each) / OF_ONE_NETWORK, 2) for each in odds[right]),
        tuple(round(float(each) / OF_ONE_NETWORK, 2) for each in odds[~right]),
    )


def met(contract: Contract, stream: Outcomes) -> float:
    """The precision of what would go out of a stream."""

    def out(odds: tuple[float, ...]) -> int:
        sure = [1 / (1 + np.exp(-OF_ONE_NETWORK * each)) for each in odds]
        return sum(contract.lets_out(stream.label, each) for each in sure)

    right, wrong = out(stream.right), out(stream.wrong)
    return right / (right + wrong)


@pytest.mark.parametrize("promise", [0.8, 0.9, 0.95])
def test_what_goes_out_is_right_as_often_as_promised(promise: float) -> None:
    contract = make_contract([drawn("DRUG", 4_000, seed=1)], PLAIN, promise)
    assert contract.is_kept
    assert met(contract, drawn("DRUG", 20_000, seed=2)) == pytest.approx(promise, abs=0.02)


def test_a_label_that_is_more_often_wrong_has_a_higher_threshold() -> None:
    good, bad = drawn("GOOD", 800, seed=1, off=0.5), drawn("BAD", 800, seed=2, off=-1.0)
    first, second = make_contract([good, bad], PLAIN, 0.95).thresholds
    assert first.confidence is not None
    assert second.confidence is not None
    assert first.confidence < second.confidence


def test_a_label_with_few_entities_is_taken_to_be_like_the_others() -> None:
    many, few = drawn("MANY", 800, seed=1), Outcomes("FEW", (5.0, 4.0), (3.0,))
    first, second = make_contract([many, few], PLAIN, 0.9).thresholds
    assert first.confidence is not None
    assert second.confidence == pytest.approx(first.confidence, abs=0.05)


def test_few_entities_promise_nothing_and_say_how_many_would() -> None:
    """And with about so many it is promised."""
    contract = make_contract([drawn("DRUG", 60, seed=1)], PLAIN, 0.9)
    assert not contract.is_kept
    assert contract.entities == 60
    assert contract.entities_needed is not None
    assert make_contract([drawn("DRUG", 2 * contract.entities_needed, seed=3)], PLAIN, 0.9).is_kept


def test_a_high_promise_needs_more_than_a_lower_one_of_the_same_nearness() -> None:
    """Two points more or less of 99 % would be no promise."""
    seen = [drawn("DRUG", 300, seed=1)]
    high, lower = (make_contract(seen, PLAIN, each) for each in (0.99, 0.95))
    assert high.entities_needed is not None
    assert lower.entities_needed is not None
    assert high.entities_needed > lower.entities_needed


def test_without_entities_nothing_goes_out() -> None:
    contract = make_contract([Outcomes("DRUG", (), ())], PLAIN, 0.9)
    assert not contract.is_kept
    assert not contract.lets_out("DRUG", 1.0)


def test_what_is_always_wrong_never_goes_out() -> None:
    contract = make_contract([Outcomes("DRUG", (), (1.0, 3.0, 2.0) * 50)], PLAIN, 0.9)
    assert contract.share == 0
    assert not contract.lets_out("DRUG", 0.99)


def test_what_has_no_confidence_or_an_unknown_label_does_not_go_out() -> None:
    contract = make_contract([drawn("DRUG", 500, seed=1)], PLAIN, 0.9)
    assert contract.lets_out("DRUG", 0.9999)
    assert not contract.lets_out("DRUG", None)
    assert not contract.lets_out("DOSE", 0.9999)


def test_thresholds_are_confidences_as_the_model_tells_them() -> None:
    """A calibration that makes them smaller makes the threshold smaller."""
    seen = [drawn("DRUG", 500, seed=1)]
    (plain,) = make_contract(seen, PLAIN, 0.9).thresholds
    (calibrated,) = make_contract(seen, (0.62, -0.3), 0.9).thresholds
    assert plain.confidence is not None
    assert calibrated.confidence is not None
    assert calibrated.confidence < plain.confidence
    assert replace(plain, confidence=None) == replace(calibrated, confidence=None)


odds = st.lists(st.floats(-13.8, 13.8), max_size=30).map(tuple)


@given(
    st.lists(st.tuples(odds, odds), min_size=1, max_size=4),
    st.sampled_from([0.5, 0.9, 0.99]),
)
def test_a_higher_promise_lets_no_more_out(
    seen: list[tuple[tuple[float, ...], tuple[float, ...]]], promise: float
) -> None:
    outcomes = [Outcomes(f"L{number}", *each) for number, each in enumerate(seen)]
    lower, higher = (make_contract(outcomes, PLAIN, each) for each in (promise, 0.995))
    assert 0 <= higher.share <= lower.share + 1e-9 <= 1 + 1e-6
    assert (lower.precision is None) == (lower.share == 0)
    if lower.precision is not None:
        assert promise - 1e-6 <= lower.precision <= 1
