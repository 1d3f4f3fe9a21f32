"""`nerbot predict --in … --out …`: files of any size, in shards, here or by workers."""

import asyncio
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bulk.local import predict_here
from bot.bulk.places import address_of, source_of
from bot.bulk.plan import keep_plan, make_plan, missing
from bot.bulk.shards import Shards
from bot.bulk.values import SHARD, Counted, Plan
from bot.cli.terminal.output import tell_json
from bot.objects.opening import open_objects
from bot.settings import read_settings
from ner_engine.processes.processors import usable_processors

if TYPE_CHECKING:
    from bot.settings import Settings


class _Done:
    """Counts what is done, and says so on stderr."""

    def __init__(self, plan: Plan, todo: list[int]) -> None:
        self._began = time.monotonic()
        self._total = len(plan.shards)
        self.skipped = self._total - len(todo)
        self.shards = self.lines = self.refused = 0

    def add(self, counted: Counted) -> None:
        self.shards += 1
        self.lines += counted.lines
        self.refused += counted.refused
        if sys.stderr.isatty():
            pace = self.lines / max(self.seconds, 0.1)
            sys.stderr.write(
                f"\r{self.skipped + self.shards} of {self._total} shards, {pace:.0f} sentences/s "
            )

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began


def predict_files(model: Path, read: str, out: str, processes: int | None) -> None:
    """Carry out all shards that are not done, and print how many there were. Raises SettingsError, NothingToDo,
    ObjectsUnavailable, EngineUnavailable."""
    asyncio.run(_predict_files(model, read, out, processes))


async def _predict_files(model: Path, read: str, out: str, processes: int | None) -> None:
    settings = read_settings()
    source, target = source_of(read), address_of(out)
    plan = await asyncio.to_thread(make_plan, source, model, shard=SHARD)
    objects = open_objects(target)
    await asyncio.to_thread(keep_plan, objects, plan)
    todo = await asyncio.to_thread(lambda: list(missing(objects, plan)))
    done = _Done(plan, todo)
    if settings.jobs == "local" or processes is not None:
        make = partial(_shards, plan, source.address, target)
        await predict_here(
            make, todo, model, processes=processes or usable_processors(), on_done=done.add
        )
    elif todo:
        await _by_workers(settings, model, source.address, target, todo, done)
    tell_json(
        {
            "out": target,
            "shards": len(plan.shards),
            "skipped": done.skipped,
            "sentences": done.lines,
            "refused": done.refused,
            "seconds": round(done.seconds, 1),
        }
    )


def _shards(plan: Plan, source: str, target: str, scratch: Path) -> Shards:
    return Shards(plan, source, target, scratch=scratch)


async def _by_workers(
    settings: "Settings", model: Path, source: str, target: str, todo: list[int], done: _Done
) -> None:
    from bot.workers.leading.bulk import lead  # noqa: PLC0415 - the database comes here

    await lead(settings, model, source, target, todo, on_done=done.add)
