"""Encoded texts that a worker keeps between trainings, and that go when anything was to be forgotten."""

import asyncio
from contextlib import suppress
from pathlib import Path

from bot.workers.repositories.erasures import Erasures


class WorkerVectors:
    """A cache that a worker need not know its way in: it goes as a whole as soon as anything was to be forgotten
    anywhere, since the names of its files are hashes of texts."""

    def __init__(self, folder: Path, erasures: Erasures) -> None:
        self.folder = folder / "vectors"
        self._noted = folder / "erasures"
        self._erasures = erasures

    async def look(self) -> None:
        """Clear it where something was to be forgotten since it was cleared last; raises StoreUnavailable."""
        last = str(await self._erasures.last())
        await asyncio.to_thread(self._clear, last)

    def _clear(self, last: str) -> None:
        if self._noted.exists() and self._noted.read_text("utf-8") == last:
            return
        for path in self.folder.rglob("*") if self.folder.exists() else ():
            if path.is_file():
                with suppress(FileNotFoundError):
                    path.unlink()
        # At last: a kill on the way lets it be done again.
        self._noted.write_text(last, "utf-8")
