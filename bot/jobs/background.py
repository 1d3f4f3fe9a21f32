"""Long work with a parent: every task is kept, waited for, and ended when the bot ends."""

import asyncio
import logging
from collections.abc import Coroutine
from types import TracebackType
from typing import Self

from bot.operations.logs import log_failure

log = logging.getLogger(__name__)


GRACE_SECONDS = 5.0


class Background:
    """Owns tasks that outlive the request that began them.

    Leaving the block sets `stopping`, which long work watches, and waits a while for every task to end by
    itself; what is left then is cancelled and waited for.
    """

    def __init__(self, *, grace: float = GRACE_SECONDS) -> None:
        self._grace = grace
        self._tasks: set[asyncio.Task[None]] = set()
        self._droppable: set[asyncio.Task[None]] = set()
        self.stopping = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        for task in self._droppable:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._grace)
        for task in self._tasks:
            task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def start(
        self, work: Coroutine[None, None, None], *, name: str, droppable: bool = False
    ) -> None:
        """Begin a piece of work; what it raises is logged under its name.

        A `droppable` one is cancelled at once when the bot ends, since the next start makes up for it.
        """
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        if droppable:
            self._droppable.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._droppable.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log_failure(log, f"{task.get_name()} ended early", error)
