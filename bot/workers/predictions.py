"""Shards of bulk predictions on a worker: an engine process with the model, kept from shard to shard."""

import asyncio
import json
import shutil
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.bulk.plan import read_plan
from bot.bulk.shards import Shards
from bot.bulk.values import Counted
from bot.engine.bulk import BulkProcess
from bot.objects.opening import open_objects
from bot.workers.files import ASKED, MODEL, OUTCOME, JobFiles
from bot.workers.values import JobState
from bot.workers.worker import Held

REST_SECONDS = 60.0
"""A model that is not asked for so long is not kept."""


@dataclass(slots=True)
class _Bulk:
    """One bulk prediction as far as this worker knows it."""

    folder: Path
    shards: Shards
    model: Path
    idle: list[tuple[BulkProcess, AsyncExitStack]] = field(default_factory=list)
    users: int = 0
    used: float = 0.0


class Predictions:
    """Carries shards out. What it has brought here of a bulk prediction stays until that has rested for a while."""

    def __init__(self, files: JobFiles, *, folder: Path) -> None:
        self._files = files
        self._folder = folder
        self._known: dict[str, _Bulk] = {}
        self._opening = asyncio.Lock()

    async def carry(self, held: Held) -> JobState:
        """Find what is in a shard, and keep it; one that is done is not done again."""
        asked = json.loads(await asyncio.to_thread(self._files.read, held.job.folder, ASKED[0]))
        bulk = await self._bulk(asked)
        bulk.users += 1
        try:
            counted = await self._unless_lost(self._carry(bulk, asked), held)
        finally:
            bulk.users -= 1
            bulk.used = asyncio.get_running_loop().time()
        if counted is None:
            return JobState.LOST
        outcome = json.dumps(asdict(counted)).encode()
        await asyncio.to_thread(self._files.send_bytes, held.job.folder, OUTCOME, outcome)
        return JobState.DONE

    async def _carry(self, bulk: _Bulk, asked: dict[str, Any]) -> Counted:
        process, stack = bulk.idle.pop() if bulk.idle else await self._start()
        try:
            counted = await bulk.shards.carry_out(asked["shard"], bulk.model, process)
        except BaseException:
            # Whatever it was doing is not wanted any longer, or went wrong.
            await asyncio.shield(stack.aclose())
            raise
        bulk.idle.append((process, stack))
        return counted

    async def _start(self) -> tuple[BulkProcess, AsyncExitStack]:
        stack = AsyncExitStack()
        return await stack.enter_async_context(BulkProcess()), stack

    async def _unless_lost(self, work: Any, held: Held) -> Counted | None:
        working = asyncio.ensure_future(work)
        lost = asyncio.ensure_future(held.lost.wait())
        try:
            await asyncio.wait((working, lost), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                working.cancel()
                await asyncio.wait((working,))
                return None
            counted: Counted = working.result()
            return counted
        finally:
            lost.cancel()

    async def _bulk(self, asked: dict[str, Any]) -> _Bulk:
        key = asked["model"]
        async with self._opening:
            if key not in self._known:
                self._known[key] = await self._open(key, asked)
            return self._known[key]

    async def _open(self, key: str, asked: dict[str, Any]) -> _Bulk:
        folder = self._folder / key.rpartition("/")[2]
        await asyncio.to_thread(_make, folder)
        await asyncio.to_thread(self._files.receive_model, key, folder)
        target = open_objects(asked["out"])
        plan = await asyncio.to_thread(read_plan, target)
        shards = Shards(plan, asked["in"], asked["out"], scratch=folder)
        return _Bulk(folder, shards, folder / MODEL)

    async def rest(self, *, at_once: bool = False) -> None:
        """End the processes that have had nothing to do for a while, and remove what was brought here for them."""
        now = asyncio.get_running_loop().time()
        for key, bulk in [*self._known.items()]:
            if bulk.users or (now - bulk.used < REST_SECONDS and not at_once):
                continue
            del self._known[key]
            for _, stack in bulk.idle:
                await stack.aclose()
            await asyncio.to_thread(shutil.rmtree, bulk.folder, ignore_errors=True)


def _make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
