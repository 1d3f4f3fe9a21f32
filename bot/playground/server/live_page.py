"""The web socket of one open page: its requests in, changes out, in the order they happened."""

import asyncio
import contextlib
import json
from typing import Any

import aiohttp
from aiohttp import web

from bot.playground.server.control import Control
from bot.playground.values import JSON


class LivePage:
    """Serves one page: the state first, then every change, and an answer to each request."""

    def __init__(self, socket: web.WebSocketResponse, control: Control) -> None:
        self._socket = socket
        self._control = control
        self._outbox: asyncio.Queue[JSON] = asyncio.Queue()

    def put(self, what: str, value: object) -> None:
        """Queue a change of the workspace to be sent."""
        change = self._control.change(what, value)
        if change is not None:
            self._outbox.put_nowait(change)

    async def run(self) -> None:
        """Serve until the page is closed."""
        self._outbox.put_nowait(self._control.state())
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(self._send())
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    tasks.create_task(self._perform(message.data))
            sender.cancel()

    async def _send(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await self._socket.send_json(await self._outbox.get())

    async def _perform(self, data: str) -> None:
        try:
            request: Any = json.loads(data)
        except ValueError:
            return
        if isinstance(request, dict):
            done = await self._control.perform(request)
            self._outbox.put_nowait({"type": "done", "id": request.get("id"), **done})
