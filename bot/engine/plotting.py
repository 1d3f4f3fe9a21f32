"""The process that draws: matplotlib's memory is given back when it ends, and the bot starts without it."""

import asyncio
import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.engine.process import start_engine, stop_engine

DRAWN_WITHIN_SECONDS = 60.0
"""matplotlib looks through the machine's letters when it is used for the first time."""


class PictureProcess:
    """Draws pictures, one process for each call; matplotlib keeps what it knows of letters in `folder`."""

    def __init__(self, folder: Path, *, within: float = DRAWN_WITHIN_SECONDS) -> None:
        self._folder = folder
        self._within = within

    async def draw(self, pictures: Sequence[dict[str, Any]]) -> list[bytes]:
        """A PNG file for each; raises OSError, TimeoutError or ValueError where that fails."""
        if not pictures:
            return []
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        process = await start_engine(
            "bot.engine.plot_worker",
            errors=self._folder / "log",
            environment={"MPLCONFIGDIR": os.fspath(self._folder)},
        )
        try:
            async with asyncio.timeout(self._within):
                drawn, _ = await process.communicate(json.dumps(list(pictures)).encode())
        finally:
            await stop_engine(process)
        return [base64.b64decode(picture) for picture in json.loads(drawn)]
