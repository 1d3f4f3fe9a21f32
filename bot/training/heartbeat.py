"""The heartbeat of a run: it goes on beside all of the run's work, to its last word."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Self

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.errors import StoreUnavailable
from ner_engine.results import Progress

log = logging.getLogger(__name__)


class Heartbeat:
    """Shows every few seconds that a run lives, with how far it is, while the block lasts.

    Where the database is too busy to note it, that is no reason to end the run as long as the lease lasts, counted by
    the event loop's clock from the last heartbeat that was noted: nobody takes the run over sooner than that.
    """

    def __init__(
        self,
        store: Store,
        workspace: str,
        run_id: int,
        *,
        owner: str,
        lease: timedelta,
        tick: float,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._run_id = run_id
        self._owner = owner
        self._lease = lease
        self._tick = tick
        self._over = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None
        self.lost = asyncio.Event()
        """The run is no longer ours: it was cancelled, or another process may have taken it over."""
        self.progress: Progress | None = None

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._go_on(), name=f"heartbeat of run {self._run_id}")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        if self._beating is not None:
            await (
                self._beating
            )  # to its end: a heartbeat is not cut off in the middle of a transaction

    async def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._lease.total_seconds()
        while not self._over.is_set():
            asked = loop.time()
            noted = await self._beat()
            if noted:
                deadline = asked + self._lease.total_seconds()
            elif noted is False or loop.time() > deadline:
                self.lost.set()
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._tick)

    async def _beat(self) -> bool | None:
        """Whether the run is still ours; None where that could not be found out now."""
        try:
            async with self._store.writing(self._workspace) as tx:
                return await Runs(tx).beat(
                    self._run_id, owner=self._owner, lease=self._lease, progress=self.progress
                )
        except StoreUnavailable as error:
            log.warning("run %s could not note how far it is: %s", self._run_id, error)
            return None
