"""When a new model is worse or better than the live one, by literal numbers."""

import pytest

from ner_engine.results import Comparison


@pytest.mark.parametrize(
    ("candidate", "probability", "is_worse"),
    [
        (0.5, 0.0, True),
        (0.5, 0.1, True),
        (0.5, 0.11, False),
        (0.5, 0.4, False),
        (0.6, 0.05, False),
        (0.7, 0.05, False),
    ],
)
def test_a_model_is_worse_whose_f1_is_lower_and_that_nine_times_in_ten(
    candidate: float, probability: float, is_worse: bool
) -> None:
    assert Comparison(1, candidate, 0.6, 20, probability).is_worse is is_worse


@pytest.mark.parametrize(
    ("interval", "is_better"),
    [(None, False), ((0.0, 0.2), False), ((-0.1, 0.2), False), ((0.001, 0.2), True)],
)
def test_a_model_is_better_where_the_whole_interval_lies_above_zero(
    interval: tuple[float, float] | None, is_better: bool
) -> None:
    assert Comparison(1, 0.7, 0.6, 20, 0.99, interval).is_better is is_better
