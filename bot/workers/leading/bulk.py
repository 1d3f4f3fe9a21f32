"""A bulk prediction by workers, from the side of the command that waits for it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

from bot.bulk.values import Counted
from bot.opening import open_database
from bot.settings import Settings
from bot.workers.files import ASKED, JOBS, MODEL
from bot.workers.leading.leader import Leader, Shard, Whose
from bot.workers.leading.remote_host import QUIET_SECONDS
from bot.workers.opening import open_files, open_queue
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import JobKind

AT_ONCE = 64
"""Shards that wait or are carried out at a time: more than workers take, and few to clear away after a kill."""
NOBODYS = "-"
"""The workspace of what belongs to none: files are predicted, and nothing of a project."""

OnDone = Callable[[Counted], None]


async def lead(
    settings: Settings,
    model: Path,
    source: str,
    target: str,
    todo: Sequence[int],
    *,
    on_done: OnDone,
) -> None:
    """Let workers carry out these shards of the plan at the target; raises JobLost for one that was lost three times,
    SettingsError, StoreUnavailable, ObjectsUnavailable."""
    async with AsyncExitStack() as stack:
        database, clock = await open_database(settings, stack)
        files = open_files(settings)
        queue = await open_queue(settings, database)
        folder = f"{JOBS}/bulk-{secrets.token_hex(8)}"
        leader = Leader(
            Jobs(database, clock),
            files,
            queue,
            folder,
            whose=Whose(JobKind.PREDICTION, NOBODYS),
            quiet=QUIET_SECONDS * settings.patience,
            at_once=AT_ONCE,
        )
        shards = _shards(todo, {"in": source, "out": target, "model": folder})
        try:
            await asyncio.to_thread(files.send_folder, folder, model, MODEL)
            async with aclosing(leader.outcomes(shards)) as outcomes:
                async for ended in outcomes:
                    if ended is not None:
                        on_done(Counted(**json.loads(ended[1])))
        finally:
            await asyncio.shield(leader.clear())


async def _shards(todo: Sequence[int], asked: dict[str, str]) -> AsyncIterator[Shard]:
    for number in todo:
        yield Shard(number, {ASKED[0]: json.dumps({**asked, "shard": number}).encode()})
