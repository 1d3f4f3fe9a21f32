"""The protocol over streamable HTTP: one request, one answer, no session, behind the door of the API."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp_asgi import ASGIResource
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from bot.api.application import make_app
from bot.api.door import Door, Receive, Scope, Send
from bot.api.problems import Problem
from bot.api.tools import Tools
from bot.mcp.asking import TOKEN, AskHere
from bot.mcp.server import make_server
from bot.operations.allowance import Allowance

ROOT = "/mcp"


async def make_resource(
    tools: Tools, *, requests_per_minute: int, is_out: Callable[[], bool], stack: AsyncExitStack
) -> ASGIResource:
    """What aiohttp serves at /mcp until the stack is closed."""
    # What it says of requests may quote their arguments.
    logging.getLogger("mcp").setLevel(logging.ERROR)
    server = make_server(AskHere(make_app(tools)))
    server.streamable_http_app(json_response=True, stateless_http=True)
    manager = server.session_manager
    await stack.enter_async_context(_running(manager))
    door = Door(
        _Entrance(manager),
        tools.store,
        Allowance(times=requests_per_minute),
        place_of=tools.place_of,
        shared=tools.requests,
        root=ROOT,
        is_out=is_out,
        open_paths=frozenset(),
    )
    return ASGIResource(door, root_path=ROOT)


@asynccontextmanager
async def _running(manager: StreamableHTTPSessionManager) -> AsyncIterator[None]:
    """Its tasks, in a task of their own: they have to be ended by whoever began them."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with manager.run():
            begun.set()
            await over.wait()

    task = asyncio.create_task(run(), name="assistants")
    waiting = asyncio.create_task(begun.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        await task
    try:
        yield
    finally:
        over.set()
        await task


class _Entrance:
    """Lets requests of the protocol through, each as the token it came with."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises Problem where it is none of the protocol."""
        if str(scope["path"]).rstrip("/") != ROOT:
            raise Problem(404, "not-found", "There is nothing at this address. MCP is at /mcp.")
        if scope["method"] != "POST":
            # Without sessions there is nothing to listen to, and nothing to end.
            raise Problem(
                405, "method-not-allowed", "MCP is spoken by POST here.", headers={"Allow": "POST"}
            )
        before = TOKEN.set(scope["state"]["token"])
        try:
            await self._manager.handle_request(scope, receive, send)
        finally:
            TOKEN.reset(before)
