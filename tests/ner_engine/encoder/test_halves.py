"""Halves become just the floats that numpy makes of them."""

import numpy as np

from ner_engine.encoder.halves import to_floats

FINITE = np.arange(2**16, dtype=np.uint16).view(np.float16)
FINITE = FINITE[np.isfinite(FINITE)]


def test_every_finite_half_is_the_float_of_the_same_value() -> None:
    assert np.array_equal(to_floats(FINITE), FINITE.astype(np.float32))


def test_they_are_multiplied_on_the_way() -> None:
    assert np.array_equal(to_floats(FINITE, times=2.0), 2 * FINITE.astype(np.float32))
