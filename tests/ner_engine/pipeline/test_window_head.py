"""The layer over frozen vectors: what is dropped of them in a training, and nothing at other times."""

import numpy as np
from thinc.api import fix_random_seed

from ner_engine.pipeline.architectures import _Dropout, window_head

ROWS = [np.ones((3, 40), np.float16), np.ones((2, 40), np.float16)]


def test_members_that_learn_from_the_same_rows_share_what_is_dropped() -> None:
    fix_random_seed(1)
    one = window_head(8, 2)
    one.initialize(X=ROWS)
    two = one.copy()
    for head in (one, two):
        head.layers[0].attrs["dropout_rate"] = 0.5
    first, second = (head.layers[0](ROWS, is_train=True)[0] for head in (one, two))
    assert all(map(np.array_equal, first, second))


def test_the_next_rows_lose_something_else() -> None:
    fix_random_seed(1)
    head = window_head(8, 2)
    head.initialize(X=ROWS)
    head.layers[0].attrs["dropout_rate"] = 0.5
    first, second = (head.layers[0](list(ROWS), is_train=True)[0] for _ in range(2))
    assert not all(map(np.array_equal, first, second))


def test_nothing_is_dropped_when_it_predicts() -> None:
    head = window_head(8, 2)
    head.initialize(X=ROWS)
    head.layers[0].attrs["dropout_rate"] = 0.5
    first, second = (head.predict(list(ROWS)) for _ in range(2))
    assert all(map(np.array_equal, first, second))


def test_what_is_not_dropped_makes_up_for_the_rest() -> None:
    fix_random_seed(1)
    dropout = _Dropout()
    left = dropout([np.full((100, 100), 0.375, np.float16)], 0.25)
    assert set(np.unique(left)) == {np.float32(0), np.float32(0.5)}
    assert 0.2 < (left == 0).mean() < 0.3
