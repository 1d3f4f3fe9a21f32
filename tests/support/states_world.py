"""A database that is closed and opened again, and the use cases on it."""

import asyncio
import re
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar, cast

from bot.db.database import Store
from bot.engine.ports import Engine
from bot.errors import EngineUnavailable
from bot.labelling.service import Labelling
from bot.labelling.suggestions import Suggestions
from bot.projects.use_cases import UseCases
from tests.db.conftest import Clock
from tests.support.opening import open_database

T = TypeVar("T")


class Words:
    """An engine that knows what a word is, and suggests nothing."""

    async def tokens(
        self,
        texts: Sequence[str],
        *,
        language: str = "en",  # noqa: ARG002
    ) -> list[tuple[tuple[int, int], ...]]:
        return [tuple(found.span() for found in re.finditer(r"\w+|\S", each)) for each in texts]

    async def recall(self, *_: object) -> list[object]:
        raise EngineUnavailable("it is not here")


@dataclass
class World:
    """A database that is closed and opened again, and what works on it; each example is a workspace of its own."""

    url: str
    runner: asyncio.Runner
    clock: Clock = field(default_factory=Clock)
    steps: int = 0
    restarts: int = 0
    examples: int = 0
    refused: int = 0
    requests: int = 0

    def run(self, work: Awaitable[T]) -> T:
        async def wait() -> T:
            return await work

        return self.runner.run(wait())

    async def open(self) -> None:
        self._open = AsyncExitStack()
        database = await self._open.enter_async_context(open_database(self.url))
        self.store = Store(database, self.clock)
        seeded = asyncio.Event()
        seeded.set()
        engine = cast("Engine", Words())
        self.labelling = Labelling(
            self.store,
            engine,
            Suggestions(self.store, engine),
            seeded=seeded,
            today=lambda: datetime(2031, 5, 4, tzinfo=UTC),
        )
        self.use_cases = UseCases(self.store)

    async def close(self) -> None:
        await self._open.aclose()
