"""Carrying one shard out: its input is brought here, the engine reads it, and what it found is kept as an object."""

import asyncio
import secrets
from collections import OrderedDict
from pathlib import Path

from bot.bulk.places import local_file
from bot.bulk.values import Counted, Plan
from bot.engine.bulk import BulkProcess
from bot.errors import ObjectAbsent
from bot.objects.opening import open_objects

KEPT = 4
"""Inputs of a bucket that are kept here at a time; shards come in the order of their inputs."""


class Shards:
    """The shards of one plan, on their way from an address to another."""

    def __init__(self, plan: Plan, source: str, target: str, *, scratch: Path) -> None:
        self._plan = plan
        self._address = source
        self._source = open_objects(source)
        self._target = open_objects(target)
        self._scratch = scratch
        self._here: OrderedDict[int, Path] = OrderedDict()
        self._used: dict[int, int] = {}
        self._bringing = asyncio.Lock()

    async def carry_out(self, number: int, model: Path, process: BulkProcess) -> Counted:
        """Find what is in one shard, and keep it. Raises ObjectAbsent, ObjectsUnavailable, EngineUnavailable."""
        shard = self._plan.shards[number]
        written = self._scratch / secrets.token_hex(8)
        self._used[shard.input] = self._used.get(shard.input, 0) + 1
        try:
            counted = Counted(
                *await process.predict(
                    model,
                    await self._input(shard.input),
                    start=shard.start,
                    size=shard.size,
                    as_json=self._plan.inputs[shard.input].is_json,
                    target=written,
                )
            )
            if counted.lines != shard.lines:
                raise ObjectAbsent(f"{self._plan.inputs[shard.input].key} has changed meanwhile")
            await asyncio.to_thread(self._target.put, shard.target, written)
        finally:
            self._used[shard.input] -= 1
            await asyncio.to_thread(written.unlink, missing_ok=True)
        return counted

    async def _input(self, number: int) -> Path:
        given = self._plan.inputs[number]
        file = local_file(self._address, given.key)
        if file is not None:
            return file
        async with self._bringing:
            if number in self._here:
                self._here.move_to_end(number)
                return self._here[number]
            path = self._scratch / secrets.token_hex(8)
            arrived = await asyncio.to_thread(self._source.get, given.key, path)
            if (arrived.size, arrived.sha256) != (given.size, given.sha256):
                await asyncio.to_thread(path.unlink)
                raise ObjectAbsent(f"{given.key} has changed meanwhile")
            self._here[number] = path
            for old in [*self._here][:-KEPT]:
                if not self._used.get(old):
                    await asyncio.to_thread(self._here.pop(old).unlink, missing_ok=True)
            return path
