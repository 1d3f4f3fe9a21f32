"""A bulk prediction on this machine: a process a core, each with the model."""

import asyncio
import logging
import tempfile
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path

from bot.bulk.shards import Shards
from bot.bulk.values import Counted
from bot.engine.bulk import BulkProcess
from bot.errors import EngineUnavailable, NerbotError

TRIES = 3

log = logging.getLogger(__name__)

OnDone = Callable[[Counted], None]


async def predict_here(
    make: Callable[[Path], Shards],
    todo: Iterable[int],
    model: Path,
    *,
    processes: int,
    on_done: OnDone,
) -> None:
    """Carry out shards, `processes` at a time; raises EngineUnavailable for one that failed three times."""
    with tempfile.TemporaryDirectory(prefix="nerbot-bulk-") as folder:
        shards, left = make(Path(folder)), deque(todo)

        async def work() -> None:
            async with AsyncExitStack() as stack:
                process = await stack.enter_async_context(BulkProcess())
                while left:
                    number = left.popleft()
                    for tries_left in reversed(range(TRIES)):
                        try:
                            on_done(await shards.carry_out(number, model, process))
                            break
                        except EngineUnavailable as error:
                            if not tries_left:
                                raise
                            log.warning("shard %d is tried again: %s", number, error)
                            process = await stack.enter_async_context(BulkProcess())

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(processes, len(left))):
                    group.create_task(work())
        except* NerbotError as errors:
            raise errors.exceptions[0] from None
