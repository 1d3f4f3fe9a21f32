"""Connections that drip or crowd take nobody's place."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import web

from bot.operations.doors import Limits, listen
from tests.support.patience import patient

MANY = 60


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


@asynccontextmanager
async def serving(limits: Limits) -> AsyncIterator[str]:
    runner, address = await listen([web.get("/", hello)], "127.0.0.1", 0, limits=limits, grace=1)
    try:
        yield address
    finally:
        await runner.cleanup()


async def dripping(address: str, stack: AsyncExitStack) -> asyncio.StreamReader:
    """A connection that has sent the beginning of its headers."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")
    stack.callback(writer.close)
    return reader


async def ended(reader: asyncio.StreamReader) -> bool:
    with suppress(ConnectionError):
        return await reader.read() == b""
    return True


async def ask(address: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return await answer.text()


Opened = Callable[[], AsyncIterator[str]]


@pytest.mark.parametrize(
    "limits",
    [Limits(20, 1000, patient(60)), Limits(1000, 20, patient(60))],
    ids=["in all", "of one address"],
)
async def test_who_drips_gives_way_to_who_asks(limits: Limits) -> None:
    async with serving(limits) as address, AsyncExitStack() as stack:
        slow = [await dripping(address, stack) for _ in range(MANY)]
        assert [await ask(address) for _ in range(10)] == ["hello"] * 10
        async with asyncio.timeout(patient(10)):
            gone = [await ended(reader) for reader in slow[: MANY - 20]]
        assert all(gone)


async def test_headers_that_do_not_come_in_time_end_the_connection() -> None:
    async with serving(Limits(header_seconds=0.2)) as address, AsyncExitStack() as stack:
        reader = await dripping(address, stack)
        async with asyncio.timeout(patient(10)):
            assert await ended(reader)


async def test_a_connection_that_is_kept_has_its_time_for_each_request() -> None:
    limits = Limits(header_seconds=patient(1))
    async with serving(limits) as address, aiohttp.ClientSession() as session:
        for _ in range(5):
            async with session.get(address) as answer:
                assert await answer.text() == "hello"


async def test_a_new_one_is_refused_where_all_are_being_answered() -> None:
    go = asyncio.Event()
    begun = asyncio.Semaphore(0)

    async def wait(_: web.Request) -> web.Response:
        begun.release()
        await go.wait()
        return web.Response(text="done")

    limits = Limits(connections=2, per_address=2, header_seconds=patient(60))
    runner, address = await listen([web.get("/", wait)], "127.0.0.1", 0, limits=limits, grace=1)
    busy = [asyncio.create_task(ask(address)) for _ in range(2)]
    for _ in busy:
        await begun.acquire()
    with pytest.raises(aiohttp.ClientError):
        await ask(address)
    go.set()
    assert await asyncio.gather(*busy) == ["done"] * 2
    await runner.cleanup()
