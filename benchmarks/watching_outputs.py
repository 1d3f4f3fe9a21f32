"""What came out at each output of a watched channel, and when; for `benchmarks.watching`."""

import asyncio
import json
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

Found = dict[str, Counter[tuple[str, str]]]
"""Label and text of what is out, by message."""


@dataclass
class Receiver:
    """A webhook receiver that takes each notification once, by its id."""

    url: str = ""
    again: int = 0
    seen: dict[str, float] = field(default_factory=dict)
    """When it was first told of each message."""
    _ids: set[str] = field(default_factory=set)
    _entities: dict[str, dict[str, Any]] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen on a free port of this machine."""
        app = web.Application()
        app.router.add_post("/", self._take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        try:
            yield
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        sent = await request.json()
        if sent["id"] in self._ids:
            self.again += 1
        else:
            self._ids.add(sent["id"])
            self.seen.setdefault(sent["data"]["ts"], time.monotonic())
            self._entities[sent["data"]["id"]] = sent["data"]
        return web.Response()

    def found(self) -> Found:
        """What is out, as it was told."""
        return _out(self._entities.values())


async def look_at_file(path: Path, seen: dict[str, float]) -> None:
    """Note when the first row of each message is there, for ever."""
    place = 0
    while True:
        with suppress(FileNotFoundError), path.open("rb") as file:
            file.seek(place)
            for line in file.read().split(b"\n")[:-1]:
                place += len(line) + 1
                seen.setdefault(json.loads(line)["ts"], time.monotonic())
        await asyncio.sleep(0.02)


async def look_at_table(path: Path, seen: dict[str, float]) -> None:
    """The same of a table."""
    last = 0
    while True:
        with suppress(sqlite3.OperationalError):
            last = await asyncio.to_thread(_look_at_table, path, last, seen)
        await asyncio.sleep(0.05)


def _look_at_table(path: Path, last: int, seen: dict[str, float]) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as database:
        for row in database.execute(
            "SELECT ts, change FROM nerbot_entities WHERE change > ? ORDER BY change", (last,)
        ):
            seen.setdefault(row[0], time.monotonic())
            last = row[1]
    return last


def in_file(path: Path) -> tuple[Found, int]:
    """What is out by the file, and how many changes are in it twice."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    twice = len(rows) - len({row["change"] for row in rows})
    return _out({row["id"]: row for row in rows}.values()), twice


def in_table(path: Path) -> Found:
    """What is out by the table."""
    with closing(sqlite3.connect(path)) as database:
        names = ("ts", "label", "text", "state")
        rows = database.execute(f"SELECT {', '.join(names)} FROM nerbot_entities")  # noqa: S608 - ours
        return _out(dict(zip(names, row, strict=True)) for row in rows)


def _out(rows: Any) -> Found:
    found: Found = defaultdict(Counter)
    for row in rows:
        if row["state"] == "out":
            found[row["ts"]][row["label"], row["text"]] += 1
    return found
