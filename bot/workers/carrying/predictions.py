"""Shards of bulk predictions on a worker: an engine process with the model, kept from shard to shard."""

import asyncio
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.bulk.plan import read_plan
from bot.bulk.shards import Shards
from bot.bulk.values import Counted
from bot.engine.bulk import BulkProcess
from bot.objects.opening import open_objects
from bot.workers.carrying.processes import Processes
from bot.workers.files import ASKED, MODEL, OUTCOME, JobFiles
from bot.workers.values import JobState
from bot.workers.worker import Held, unless_lost


@dataclass(slots=True)
class _Bulk:
    """One bulk prediction as far as this worker knows it."""

    folder: Path
    shards: Shards
    model: Path
    users: int = 0
    used: float = 0.0


class Predictions:
    """Carries shards out. What it has brought here of a bulk prediction stays until that has rested for a while."""

    def __init__(self, files: JobFiles, *, folder: Path) -> None:
        self._files = files
        self._folder = folder
        self._known: dict[str, _Bulk] = {}
        self._processes = Processes[str, BulkProcess]()
        self._opening = asyncio.Lock()

    async def carry(self, held: Held) -> JobState:
        """Find what is in a shard, and keep it; one that is done is not done again."""
        asked = json.loads(await asyncio.to_thread(self._files.read, held.job.folder, ASKED[0]))
        bulk = await self._bulk(asked)
        bulk.users += 1
        try:
            counted = await unless_lost(self._carry(bulk, asked), held)
        finally:
            bulk.users -= 1
            bulk.used = asyncio.get_running_loop().time()
        if counted is None:
            return JobState.LOST
        outcome = json.dumps(asdict(counted)).encode()
        await asyncio.to_thread(self._files.send_bytes, held.job.folder, OUTCOME, outcome)
        return JobState.DONE

    async def _carry(self, bulk: _Bulk, asked: dict[str, Any]) -> Counted:
        async with self._processes.one(asked["model"], BulkProcess) as process:
            return await bulk.shards.carry_out(asked["shard"], bulk.model, process)

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

    async def rest(self, seconds: float) -> None:
        """End the processes that have had nothing to do for so long, and remove what was brought here for them."""
        now = asyncio.get_running_loop().time()
        for key, bulk in [*self._known.items()]:
            if bulk.users or now - bulk.used < seconds:
                continue
            del self._known[key]
            await self._processes.end(key)
            await asyncio.to_thread(shutil.rmtree, bulk.folder, ignore_errors=True)


def _make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
