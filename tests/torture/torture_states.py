"""STEPS of what people do in any order, with restarts, against a plain model: on SQLite and on PostgreSQL."""

import time

import pytest

from tests.db.conftest import backend, server, url
from tests.support.states_runs import live_through
from tests.torture.options import SEED, bound, number, tell

__all__ = ["backend", "server", "url"]


@pytest.mark.timeout(0)
def test_what_people_do_in_any_order_is_what_stands_then(backend: str, url: str) -> None:
    """STEPS on each database, the seed printed."""
    steps = number("STEPS", 50_000)
    tell(f"\n{steps:,} steps on {backend} with the seed {SEED}")
    started = time.monotonic()
    world = live_through(url, steps=steps, seed_of_all=SEED)
    tell(
        f"{backend}: {world.steps:,} steps in {world.examples:,} workspaces, {world.restarts:,} restarts, "
        f"{world.refused:,} refused in words; {time.monotonic() - started:.0f} s"
    )
    tell(f"steps: {bound(world.steps)}")
