"""The process that finds entities in pieces of files, for as long as there are any."""

import asyncio
import json
from pathlib import Path
from typing import Any, Self

from bot.engine.process import start_engine, stop_engine
from bot.errors import EngineUnavailable

SHARD_WITHIN_SECONDS = 3600.0
_NICE = "10"
"""It gives way to answers."""


class BulkProcess:
    """A process of the engine, which is gone when the block is left."""

    def __init__(self, errors: Path | None = None) -> None:
        self._errors = errors
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        try:
            self._process = await start_engine(
                "ner_engine.processes.shard_server", "--nice", _NICE, errors=self._errors
            )
        except OSError as error:
            raise EngineUnavailable("The engine could not start.") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            # Nothing is lost with a shard that is written by half.
            await stop_engine(self._process, within=1)

    async def predict(
        self, model: Path, source: Path, *, start: int, size: int, as_json: bool, target: Path
    ) -> tuple[int, int]:
        """How many lines were read into the target, and how many of them were refused; raises EngineUnavailable."""
        told = await self._ask(
            model=str(model),
            source=str(source),
            start=start,
            size=size,
            json=as_json,
            target=str(target),
        )
        try:
            return int(told["done"]), int(told["refused"])
        except (KeyError, TypeError, ValueError) as error:
            raise EngineUnavailable(
                f"The engine could not read these sentences ({told})."
            ) from error

    async def _ask(self, **request: Any) -> dict[str, Any]:
        assert self._process is not None, "the block is entered"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(SHARD_WITHIN_SECONDS):
                self._process.stdin.write(json.dumps(request).encode() + b"\n")
                await self._process.stdin.drain()
                told = json.loads(await self._process.stdout.readline())
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineUnavailable("The engine's process ended.") from error
        return told if isinstance(told, dict) else {}
