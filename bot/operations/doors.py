"""A listening port that slow or greedy strangers cannot fill: few connections, and headers that arrive in time."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.operations.throttle import ThrottledLog

HEADER_SECONDS = 10.0
"""How long the headers of a request may take from the connection, or from their first byte, on."""
IDLE_SECONDS = 75.0
"""How long a connection is kept between requests: a little longer than proxies do."""
LINGER_SECONDS = 1.0
"""How long what is left of a refused body is read."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be at a time, and how slow they may be."""

    connections: int = 500
    per_address: int = 200
    header_seconds: float = HEADER_SECONDS


class Doorkeeper:
    """Counts the connections of a port.

    Where there are too many, the one goes that has been longest without a whole request (of the same address, where it
    is that one's share); if all are being answered, the new one does.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._by_address: Counter[str] = Counter()
        self._open: dict[asyncio.BaseTransport, _Guarded] = {}
        self._log = ThrottledLog(log)

    def __len__(self) -> int:
        return len(self._open)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Tells when a request is whole and when it is answered."""
        transport = request.transport
        guarded = self._open.get(transport) if transport is not None else None
        if guarded is None:
            return await handler(request)  # type: ignore[no-any-return]
        guarded.begins()
        try:
            return await handler(request)  # type: ignore[no-any-return]
        finally:
            guarded.ends()

    def enters(self, guarded: "_Guarded") -> bool:
        """Whether a new connection may stay."""
        mine = self._by_address[guarded.address] >= self.limits.per_address
        if mine or len(self._open) >= self.limits.connections:
            waiting = (
                other
                for other in self._open.values()
                if other.waits and (not mine or other.address == guarded.address)
            )
            slowest = next(waiting, None)
            if slowest is None:
                self._log.warning("too many connections: a new one was refused")
                return False
            self._log.warning("too many connections: the slowest was closed")
            slowest.drop()
        self._open[guarded.transport] = guarded
        self._by_address[guarded.address] += 1
        return True

    def leaves(self, guarded: "_Guarded") -> None:
        """A connection is over."""
        if self._open.pop(guarded.transport, None) is not None:
            self._by_address[guarded.address] -= 1
            if not self._by_address[guarded.address]:
                del self._by_address[guarded.address]

    def too_slow(self) -> None:
        """A connection was closed whose headers did not arrive in time."""
        self._log.warning("closed a connection: its headers took too long")


class _Guarded(asyncio.Protocol):
    """A connection, with aiohttp's protocol behind it once it may stay."""

    transport: asyncio.Transport

    def __init__(self, inner: asyncio.Protocol, keeper: Doorkeeper) -> None:
        self._inner = inner
        self._keeper = keeper
        self._admitted = False
        self._answering = False
        self._deadline: asyncio.TimerHandle | None = None
        self.address = ""

    @property
    def waits(self) -> bool:
        """It has not sent a whole request."""
        return not self._answering

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self._admitted = self._keeper.enters(self)
        if not self._admitted:
            transport.abort()
            return
        self._inner.connection_made(transport)
        self._start_waiting()

    def data_received(self, data: bytes) -> None:
        if not self._admitted:
            return
        if self._deadline is None and not self._answering:
            self._start_waiting()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._admitted else None

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._keeper.leaves(self)
        if self._admitted:
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def begins(self) -> None:
        """A whole request is here."""
        self._answering = True
        self._stop_waiting()

    def ends(self) -> None:
        """It is answered; the next one has its own time, from its first byte on."""
        self._answering = False

    def drop(self) -> None:
        """Make room."""
        self._keeper.leaves(self)
        self.transport.abort()

    def _start_waiting(self) -> None:
        wait = self._keeper.limits.header_seconds
        self._deadline = asyncio.get_running_loop().call_later(wait, self._is_late)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _is_late(self) -> None:
        self._keeper.too_slow()
        self.drop()


class GuardedSite(web.BaseSite):
    """`web.TCPSite` with a doorkeeper."""

    __slots__ = ("_host", "_keeper", "_port")

    def __init__(self, runner: web.AppRunner, keeper: Doorkeeper, host: str, port: int) -> None:
        super().__init__(runner)
        self._host = host
        self._port = port
        self._keeper = keeper

    @property
    def name(self) -> str:
        """For aiohttp's list of sites."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen; raises OSError."""
        await super().start()
        server = self._runner.server
        assert server is not None
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Guarded(server(), self._keeper), self._host, self._port, backlog=128
        )


async def listen(
    routes: Sequence[web.RouteDef],
    host: str,
    port: int,
    *,
    limits: Limits,
    grace: float,
    resources: Sequence[web.AbstractResource] = (),
) -> tuple[web.AppRunner, str]:
    """Serve some routes and resources; what ends it, and the address. Raises OSError."""
    keeper = Doorkeeper(limits)
    site = web.Application(client_max_size=0, middlewares=[keeper.middleware])
    site.add_routes(routes)
    for resource in resources:
        site.router.register_resource(resource)
    runner = web.AppRunner(
        site,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=grace,
        keepalive_timeout=IDLE_SECONDS,
        lingering_time=LINGER_SECONDS,
    )
    await runner.setup()
    try:
        await GuardedSite(runner, keeper, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    bound, number = runner.addresses[0][:2]
    shown = f"[{bound}]" if ":" in str(bound) else bound
    return runner, f"http://{shown}:{number}"
