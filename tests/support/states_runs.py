"""Runs of the state machine, until enough was done."""

import asyncio

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.states import People
from tests.support.states_world import World


def live_through(
    url: str, *, steps: int, seed_of_all: int, an_example: int = 50, shrink: bool = True
) -> World:
    """Let people do things until that many were done; what it took. To shrink a failure takes minutes."""
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    with asyncio.Runner() as runner:
        world = World(url, runner)
        world.run(world.open())
        try:
            turn = 0
            while world.steps < steps:
                machine = type("PeopleHere", (People,), {"world": world})
                run_state_machine_as_test(
                    seed(seed_of_all + turn)(machine),
                    settings=settings(
                        max_examples=max(1, min(100, (steps - world.steps) // an_example)),
                        stateful_step_count=an_example,
                        deadline=None,
                        database=None,
                        phases=phases,
                        suppress_health_check=list(HealthCheck),
                    ),
                )
                turn += 1
        finally:
            world.run(world.close())
        return world
