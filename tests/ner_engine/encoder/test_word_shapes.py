import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.encoder.word_shapes import HEIGHT, WIDTH, word_shapes


@given(st.lists(st.text(max_size=12), max_size=8))
def test_every_word_has_a_row_of_flags(words: list[str]) -> None:
    rows = word_shapes(words)
    assert rows.shape == (len(words), WIDTH)
    assert set(np.unique(rows)) <= {0.0, HEIGHT}


def test_what_an_encoder_that_folds_case_cannot_tell_apart_differs() -> None:
    us, lower, name, mixed = word_shapes(["x", "US", "us", "Us", "uS"])[1:]
    assert len({tuple(row) for row in (us, lower, name, mixed)}) == 4


def test_the_first_word_is_told() -> None:
    first, second = word_shapes(["Pain", "Pain"])
    assert (first != second).sum() == 1
