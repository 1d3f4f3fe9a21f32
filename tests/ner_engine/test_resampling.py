import numpy as np

from ner_engine.resampling import draw


def test_what_is_drawn_in_parts_is_what_is_drawn_at_once() -> None:
    parts = list(draw(np.random.default_rng(7), 30, 120))
    assert len(parts) > 1
    once = np.random.default_rng(7).multinomial(30, np.full(30, 1 / 30), 120)
    assert np.array_equal(np.concatenate(parts), once)
