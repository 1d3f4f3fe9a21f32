"""Processes of the engine that are kept from job to job."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
P = TypeVar("P")


class Processes(Generic[K, P]):
    """Idle ones by what they have loaded. Whoever asks has one alone."""

    def __init__(self) -> None:
        self._idle: defaultdict[K, list[tuple[P, AsyncExitStack]]] = defaultdict(list)
        self._used: dict[K, float] = {}

    @asynccontextmanager
    async def one(
        self, key: K, start: Callable[[], AbstractAsyncContextManager[P]]
    ) -> AsyncIterator[P]:
        """One that has been used for this before, or a new one. It ends where the block is left by an error: whatever
        it was doing is not wanted any longer, or went wrong."""
        if self._idle[key]:
            process, stack = self._idle[key].pop()
        else:
            stack = AsyncExitStack()
            process = await stack.enter_async_context(start())
        try:
            yield process
        except BaseException:
            await asyncio.shield(stack.aclose())
            raise
        finally:
            self._used[key] = asyncio.get_running_loop().time()
        self._idle[key].append((process, stack))

    async def rest(self, seconds: float) -> None:
        """End those that have had nothing to do for so long."""
        before = asyncio.get_running_loop().time() - seconds
        for key in [key for key, used in self._used.items() if used <= before]:
            await self.end(key)

    async def end(self, key: K) -> None:
        """End the idle ones of a kind."""
        for _, stack in self._idle.pop(key, ()):
            await stack.aclose()
        self._used.pop(key, None)
