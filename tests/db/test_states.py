"""What people do in any order, with restarts in between: the database says what a plain model says."""

import random

from tests.support.states_runs import live_through

STEPS = 250
"""On each database."""


def test_what_people_do_in_any_order_is_what_stands_then(url: str) -> None:
    seed = random.randrange(2**32)
    try:
        live_through(url, steps=STEPS, seed_of_all=seed, an_example=25, shrink=False)
    except BaseException as error:
        error.add_note(f"with the seed {seed}")
        raise
