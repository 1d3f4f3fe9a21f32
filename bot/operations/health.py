"""/healthz, /readyz and /metrics: what works, in words, without an address, a text or a name."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.errors import StoreUnavailable
from bot.operations import metrics

Check = Callable[[], Awaitable[str | None]]
"""What is wrong, in words; None where nothing is."""
Refresh = Callable[[], Awaitable[None]]

WITHIN_SECONDS = 3.0
KEPT_SECONDS = 1.0
"""How long an answer is given again: asking often costs nothing."""
ROOM_MB = 64
"""Megabytes that have to be free where the data is."""


class Health:
    """Runs the checks when somebody asks."""

    def __init__(
        self,
        checks: dict[str, Check],
        *,
        refresh: Refresh | None = None,
        within: float = WITHIN_SECONDS,
        kept: float = KEPT_SECONDS,
    ) -> None:
        self.checks = checks
        self._refresh = refresh
        self._within = within
        self._kept = kept
        self._told: dict[str, str | None] = {}
        self._at = float("-inf")
        self._turn = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """For load balancers: they may be seen by anybody."""
        return [web.get("/healthz", self._healthz), web.get("/readyz", self._readyz)]

    def all_routes(self) -> list[web.RouteDef]:
        """With the numbers, which are not for everybody."""
        return [*self.routes(), web.get("/metrics", self._metrics)]

    def leave(self) -> None:
        """Say from now on that nothing new is to be sent here: it is answered, but the process ends soon."""

        async def stopping() -> str:
            return "stopping"

        self.checks["process"] = stopping
        self._at = float("-inf")

    async def look(self) -> dict[str, str | None]:
        """What is wrong with each thing that is checked."""
        async with self._turn:
            if time.monotonic() - self._at >= self._kept:
                names = tuple(self.checks)
                found = await asyncio.gather(*(self._try(self.checks[name]) for name in names))
                self._told = dict(zip(names, found, strict=True))
                self._at = time.monotonic()
            return self._told

    async def _try(self, check: Check) -> str | None:
        try:
            async with asyncio.timeout(self._within):
                return await check()
        except TimeoutError:
            return "no answer in time"
        except StoreUnavailable as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - a check that fails is an answer
            return type(error).__name__

    async def _healthz(self, _: web.Request) -> web.Response:
        """The process works; what it needs may not, and a new process would not change that."""
        return web.Response(text=_lines(await self.look()))

    async def _readyz(self, _: web.Request) -> web.Response:
        """Everything works that a command needs."""
        told = await self.look()
        status = 503 if any(told.values()) else 200
        return web.Response(text=_lines(told), status=status)

    async def _metrics(self, _: web.Request) -> web.Response:
        for name, wrong in (await self.look()).items():
            metrics.CHECKS.labels(name).set(wrong is None)
        if self._refresh is not None:
            await self._try(self._read_numbers)
        return web.Response(body=metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    async def _read_numbers(self) -> str | None:
        assert self._refresh is not None
        await self._refresh()
        return None


def _lines(told: dict[str, str | None]) -> str:
    return "".join(f"{name}: {wrong or 'ok'}\n" for name, wrong in told.items())


def disk_check(folder: Path, *, least_mb: int = ROOM_MB) -> Check:
    """Whether there is room for what people save."""

    async def check() -> str | None:
        free = (await asyncio.to_thread(shutil.disk_usage, folder)).free // 2**20
        return None if free >= least_mb else f"only {free} MB are free; {least_mb} are needed"

    return check
