import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.scoring.calibration import Calibration, expected_calibration_error, fit_calibration

shares = st.floats(0, 1)


def test_without_observations_a_probability_is_its_own_confidence() -> None:
    calibration = fit_calibration([], [])
    assert calibration == Calibration()
    assert calibration.apply(0.7) == pytest.approx(0.7)


def test_too_sure_a_model_becomes_less_sure() -> None:
    said, right = [0.95] * 400, [True] * 280 + [False] * 120
    assert fit_calibration(said, right).apply(0.95) == pytest.approx(0.7, abs=0.03)


def test_a_few_observations_move_little() -> None:
    few = fit_calibration([0.95] * 4, [True, False, False, False]).apply(0.95)
    many = fit_calibration([0.95] * 400, [True, False, False, False] * 100).apply(0.95)
    assert 0.95 > few > 0.6 > many


@given(st.lists(st.tuples(shares, st.booleans()), max_size=40))
def test_a_surer_entity_stays_the_surer_one(observed: list[tuple[float, bool]]) -> None:
    calibration = fit_calibration([share for share, _ in observed], [hit for _, hit in observed])
    confidences = [calibration.apply(share) for share in np.linspace(0, 1, 21)]
    assert all(0 <= confidence <= 1 for confidence in confidences)
    if calibration.slope > 0:
        assert confidences == sorted(confidences)


def test_the_error_is_the_distance_of_confidence_and_accuracy() -> None:
    confidences = [0.85] * 10 + [0.35] * 10
    right = [True] * 7 + [False] * 3 + [True] * 3 + [False] * 7
    assert expected_calibration_error(confidences, right) == pytest.approx((0.15 + 0.05) / 2)


def test_a_confidence_of_one_has_a_bin() -> None:
    assert expected_calibration_error([1.0], [True]) == 0


def test_nothing_to_compare_is_no_error() -> None:
    assert expected_calibration_error([], []) == 0
