"""A load balancer in little: requests go to the bots in turn, past those that do not say that they are ready.

It sends a request to the next bot where one did not answer, as HAProxy does with
`retry-on conn-failure empty-response` and `option redispatch`: a bot gives a second copy the first one's answer.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

_OURS = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}
LOOK_SECONDS = 0.3
MAX_TRIES = 4


class RoundRobin:
    """The bots behind one address."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._turn = itertools.count()
        self.backends: dict[str, str] = {}
        """The address of each bot, by its name."""
        self.ready: set[str] = set()
        self.answered: Counter[str] = Counter()
        """How many requests each bot has answered."""
        self.retried = 0
        """How many requests went to another bot, since the first one did not answer."""
        self.lost = 0
        """How many requests no bot answered."""
        self.address = ""

    def add(self, name: str, address: str) -> None:
        """Take in a bot that is ready."""
        self.backends[name] = address
        self.ready.add(name)

    def remove(self, name: str) -> None:
        """Forget a bot."""
        self.backends.pop(name, None)
        self.ready.discard(name)

    async def look(self) -> None:
        """Ask each bot again and again whether it is ready."""
        while True:
            await asyncio.gather(*(self._look_at(name) for name in tuple(self.backends)))
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_at(self, name: str) -> None:
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            address = f"{self.backends[name]}/readyz"
            async with self._session.get(address, timeout=timeout) as answer:
                is_ready = answer.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError, KeyError):
            is_ready = False
        if is_ready and name in self.backends:
            self.ready.add(name)
        else:
            self.ready.discard(name)

    async def pass_on(self, request: web.Request) -> web.Response:
        """Send a request to the next bot, and to another one where that is gone."""
        body = await request.read()
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in _OURS
        }
        for number in range(MAX_TRIES):
            name = self._next()
            if name is None:
                await asyncio.sleep(LOOK_SECONDS)
                continue
            self.retried += number > 0
            try:
                async with self._session.request(
                    request.method,
                    self.backends[name] + request.path_qs,
                    data=body,
                    headers=headers,
                ) as answer:
                    told = await answer.read()
                    self.answered[name] += 1
                    kind = answer.headers.get("Content-Type", "text/plain")
                    return web.Response(
                        status=answer.status, body=told, headers={"Content-Type": kind}
                    )
            except (aiohttp.ClientError, OSError):
                self.ready.discard(name)
        self.lost += 1
        return web.Response(status=503)

    def _next(self) -> str | None:
        names = sorted(self.ready)
        return names[next(self._turn) % len(names)] if names else None


@asynccontextmanager
async def round_robin() -> AsyncIterator[RoundRobin]:
    """A proxy that listens on a free port of this machine."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        proxy = RoundRobin(session)
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/{path:.*}", proxy.pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        proxy.address = f"http://{host}:{port}"
        looking = asyncio.create_task(proxy.look())
        try:
            yield proxy
        finally:
            looking.cancel()
            await runner.cleanup()
