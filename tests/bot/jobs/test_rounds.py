"""A loop whose rounds fail waits longer and longer, and does not fill the log."""

import asyncio
import logging

import pytest

from bot.errors import StoreUnavailable
from bot.jobs.rounds import LONGEST_PAUSE_SECONDS, SAID_EVERY_SECONDS, Failures, repeat
from tests.support.patience import patient

log = logging.getLogger("bot.tests")
REFUSED = StoreUnavailable("the database refused it")


@pytest.fixture
def failures(caplog: pytest.LogCaptureFixture) -> Failures:
    caplog.set_level(logging.INFO, "bot.tests")
    return Failures(log, "correct entities", lambda: CLOCK[0])


CLOCK = [0.0]


def test_the_same_error_is_logged_once_and_then_seldom(
    failures: Failures, caplog: pytest.LogCaptureFixture
) -> None:
    CLOCK[0] = 0.0
    for _ in range(100):
        failures.note(REFUSED)
        CLOCK[0] += SAID_EVERY_SECONDS / 60
    assert caplog.messages == ["correct entities: the database refused it"] * 2


def test_another_error_and_one_after_a_good_round_are_logged_at_once(
    failures: Failures, caplog: pytest.LogCaptureFixture
) -> None:
    CLOCK[0] = 0.0
    for error in (REFUSED, StoreUnavailable("the disk is full"), REFUSED):
        failures.note(error)
    failures.over()
    failures.note(REFUSED)
    assert caplog.messages == [
        "correct entities: the database refused it",
        "correct entities: the disk is full",
        "correct entities: the database refused it",
        "correct entities: goes on after 3 failures",
        "correct entities: the database refused it",
    ]


def test_each_failure_doubles_the_pause_up_to_the_longest_and_a_good_round_ends_it(
    failures: Failures,
) -> None:
    pauses = []
    for _ in range(2_000):
        failures.note(REFUSED)
        pauses.append(failures.pause(0.5))
    assert pauses[:4] == [1.0, 2.0, 4.0, 8.0]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    failures.over()
    assert failures.pause(0.5) == 0.5


async def test_a_round_that_fails_is_not_woken_before_its_pause_is_over(
    failures: Failures,
) -> None:
    began, wake = 0, asyncio.Event()
    wake.set()

    async def fails() -> bool:
        nonlocal began
        began += 1
        raise REFUSED

    loop = asyncio.create_task(repeat(fails, failures, every=3600, wake=wake))
    for _ in range(20):
        await asyncio.sleep(0)
    loop.cancel()
    assert began == 1


async def test_rounds_follow_at_once_while_there_is_more_and_again_when_woken(
    failures: Failures,
) -> None:
    answers, wake, idle = [True, True, False, False], asyncio.Event(), asyncio.Event()

    async def works() -> bool:
        wake.clear()
        more = answers.pop(0)
        if not more:
            idle.set()
        return more

    loop = asyncio.create_task(repeat(works, failures, every=3600, wake=wake))
    async with asyncio.timeout(patient(5)):
        await idle.wait()
        assert answers == [False]
        idle.clear()
        await asyncio.sleep(0)
        wake.set()
        await idle.wait()
    loop.cancel()
    assert answers == []
