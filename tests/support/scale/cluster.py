"""What a company runs: bots and workers on one database, behind one address, and Slack in front of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import make_url

from bot.playground import Playground
from tests.support.bot_process import BotProcess, bot_process
from tests.support.opening import patient_timing
from tests.support.patience import PATIENCE, patient
from tests.support.scale.proxy import RoundRobin, round_robin


@dataclass
class Cluster:
    """Bots and workers by their names, each with a data folder of its own; none shares a disk with another."""

    folder: Path
    url: str
    slack: Playground
    proxy: RoundRobin
    environment: Mapping[str, str]
    """What all of them are told beside the database and Slack."""
    bots: dict[str, BotProcess] = field(default_factory=dict)
    workers: dict[str, BotProcess] = field(default_factory=dict)
    _open: dict[str, AsyncExitStack] = field(default_factory=dict)

    def data(self, name: str) -> Path:
        """The data folder of one process."""
        return self.folder / name

    async def start_bot(
        self, name: str, *, code: Path | None = None, **environment: str
    ) -> BotProcess:
        """Start a bot of this checkout, or of `code`, and let the proxy send it requests."""
        slack = {
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "NERBOT_PORT": "0",
        }
        bot = await self._start(name, ("run",), {**slack, **environment}, code=code)
        self.bots[name] = bot
        self.proxy.add(name, bot.address)
        if self.slack.request_url is None:
            await self.slack.use_http(f"{self.proxy.address}/slack/events")
        return bot

    async def start_worker(
        self, name: str, *, code: Path | None = None, **environment: str
    ) -> BotProcess:
        """Start `nerbot worker`, which has the database and no token of Slack's."""
        worker = await self._start(name, ("worker",), environment, code=code)
        self.workers[name] = worker
        return worker

    async def _start(
        self,
        name: str,
        words: tuple[str, ...],
        environment: Mapping[str, str],
        *,
        code: Path | None,
    ) -> BotProcess:
        assert name not in self._open, f"{name} runs already"
        stack = AsyncExitStack()
        process = bot_process(
            self.data(name),
            {"NERBOT_DATABASE_URL": self.url, **self.environment, **environment},
            patience=PATIENCE,
            words=words,
            code=code,
        )
        started = await stack.enter_async_context(process)
        self._open[name] = stack
        return started

    async def kill(self, name: str) -> None:
        """End a bot or a worker as a power cut would. The proxy finds that out by itself."""
        await self._process(name).kill()
        await self._forget(name)

    async def stop(self, name: str) -> tuple[int, float]:
        """Ask it to stop, as a rolling upgrade does; the exit status and the seconds it took."""
        told = await self._process(name).stop()
        await self._forget(name)
        return told

    def _process(self, name: str) -> BotProcess:
        return self.bots[name] if name in self.bots else self.workers[name]

    async def _forget(self, name: str) -> None:
        await self._open.pop(name).aclose()
        self.proxy.remove(name)
        self.bots.pop(name, None)
        self.workers.pop(name, None)

    async def close(self) -> None:
        """End all that runs."""
        for name in tuple(self._open):
            await self._forget(name)

    async def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, past nerbot: `$1` is the first value."""
        address = make_url(self.url).set(drivername="postgresql")
        address = address.difference_update_query(["pgbouncer"])
        connection = await asyncpg.connect(
            address.render_as_string(hide_password=False), statement_cache_size=0
        )
        try:
            return [tuple(row) for row in await connection.fetch(question, *values)]
        finally:
            await connection.close()

    async def until(
        self, question: str, is_so: Callable[[list[tuple[Any, ...]]], bool], *, within: float
    ) -> list[tuple[Any, ...]]:
        """Ask the database until the answer is as wished; a slow machine has more time."""
        async with asyncio.timeout(patient(within)):
            while not is_so(found := await self.ask(question)):  # noqa: ASYNC110 - a database does not call
                await asyncio.sleep(0.1)
        return found

    def log(self, name: str) -> str:
        """What a process has logged so far."""
        file = self.data(name).with_suffix(".log")
        return file.read_text("utf-8", errors="replace") if file.exists() else ""


@asynccontextmanager
async def open_cluster(
    folder: Path, url: str, *, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Cluster]:
    """Slack's simulator and the proxy, on a database that is there; bots and workers are started by the test."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    rendered = address.render_as_string(hide_password=False)
    async with (
        Playground.open(data=folder / "slack", timing=patient_timing()) as slack,
        round_robin() as proxy,
    ):
        cluster = Cluster(folder, rendered, slack, proxy, environment or {})
        try:
            yield cluster
        finally:
            await cluster.close()
