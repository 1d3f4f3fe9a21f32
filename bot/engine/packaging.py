"""A version of a model as wheels, built by a process of its own; one at a time."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.engine.process import start_engine, stop_engine
from bot.errors import EngineUnavailable
from bot.shelf.ports import ModelShelf

BUILT_WITHIN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Wheels:
    """Where the two files are, and the name by which `spacy.load` finds the model."""

    name: str
    model: Path
    engine: Path


class PackagingProcess:
    """Builds wheels of what is on the shelf."""

    def __init__(
        self, data: Path, shelf: ModelShelf, *, within: float = BUILT_WITHIN_SECONDS
    ) -> None:
        self._data = data
        self._shelf = shelf
        self._within = within
        self._turn = asyncio.Lock()

    async def build(
        self, project_id: int, version: int, *, name: str, story: Mapping[str, Any], out: Path
    ) -> Wheels:
        """Write both wheels into a folder. Raises EngineUnavailable with what is wrong."""
        asked = {
            "model": str(await self._shelf.fetch(project_id, version)),
            "out": str(out),
            "name": name,
            "version": f"{version}.0.0",
            "story": story,
        }
        async with self._turn:
            told = await self._ask(asked)
        if "error" in told:
            raise EngineUnavailable(str(told["error"]))
        return Wheels(told["name"], Path(told["model"]), Path(told["engine"]))

    async def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        process = await start_engine(
            "ner_engine.processes.packaging", errors=self._data / "packaging.log"
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._within):
                process.stdin.write(json.dumps(asked).encode() + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
            told: dict[str, Any] = json.loads(line)
        except (TimeoutError, OSError, ValueError) as error:
            raise EngineUnavailable("The package could not be made.") from error
        finally:
            await stop_engine(process)
        return told
