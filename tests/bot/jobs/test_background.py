"""Work that outlives its request: waited for at a stop, apart from what the next start makes up for."""

import asyncio
import time

from bot.jobs.background import Background


async def test_what_can_be_dropped_does_not_hold_up_a_stop() -> None:
    begun = time.monotonic()
    async with Background(grace=60) as background:
        background.start(asyncio.sleep(50), name="lesson", droppable=True)
        await asyncio.sleep(0)
    assert time.monotonic() - begun < 20


async def test_other_work_is_waited_for() -> None:
    done: list[str] = []

    async def work() -> None:
        await background.stopping.wait()
        await asyncio.sleep(0.01)
        done.append("saved")

    async with Background(grace=60) as background:
        background.start(work(), name="save")
    assert done == ["saved"]
