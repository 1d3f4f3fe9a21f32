"""The process of first guesses: what is learned from a handful of sentences lives in its memory, and nowhere else."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter

from bot.domain.project import Gold, Label
from bot.engine.prediction import EngineLine
from bot.errors import EngineUnavailable
from ner_engine.annotation import Hint, Prediction

TAUGHT_WITHIN_SECONDS = 120.0
"""A lesson takes two seconds of a processor that others may have."""
_MODULE = "ner_engine.processes.guess_server"
_NICE = ("--nice", "5")
"""It gives way to predictions; a training gives way to it."""


class GuessingProcess:
    """Asks a process of the engine; one that died, or was ended, is started again and knows nothing then."""

    def __init__(
        self,
        errors: Path,
        encoder: Callable[[], str | None],
        *,
        memory_mb: int,
        within: float = TAUGHT_WITHIN_SECONDS,
    ) -> None:
        """`encoder` tells the folder of the one that guesses by, None for the packaged one."""
        options = (*_NICE, "--memory-mb", str(memory_mb))
        self._line = EngineLine(errors, _MODULE, *options)
        self._encoder = encoder
        self._within = within

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    async def teach(
        self,
        project_id: int,
        labels: Sequence[Label],
        gold: Sequence[Gold],
        texts: Sequence[str],
        *,
        language: str = "en",
    ) -> None:
        """Know this of a project, and nothing from before; raises EngineUnavailable."""
        lesson = {
            "learn": str(project_id),
            "labels": [[label.name, label.description] for label in labels],
            "gold": [_told(each) for each in gold],
            "texts": list(texts),
            "language": language,
            "encoder": await asyncio.to_thread(self._encoder),
        }
        await self._ask(lesson)

    async def guess(self, project_id: int, texts: Sequence[str]) -> list[Prediction]:
        """What each text may hold; raises EngineUnavailable, also where nothing was taught."""
        told = await self._ask({"guess": str(project_id), "texts": list(texts)})
        try:
            return TypeAdapter(list[Prediction]).validate_python(told["texts"])
        except (ValueError, LookupError) as error:
            raise EngineUnavailable("The engine guessed what cannot be read.") from error

    async def hints(self, project_id: int, text: str) -> tuple[Hint, ...]:
        """What may be an entity of a text, the most probable first; raises EngineUnavailable."""
        told = await self._ask({"hints": str(project_id), "text": text})
        try:
            return tuple(TypeAdapter(list[Hint]).validate_python(told["hints"]))
        except (ValueError, LookupError) as error:
            raise EngineUnavailable("The engine gave no hints.") from error

    async def end(self) -> None:
        """End the process, and with it all that it knows."""
        await self._line.end()

    async def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._within):
                raw = await self._line.exchange(
                    lambda number: json.dumps({"id": number, **request}).encode() + b"\n"
                )
            told = json.loads(raw)
        except (OSError, ValueError) as error:
            raise EngineUnavailable("The engine does not guess now.") from error
        except TimeoutError as error:
            await self.end()
            raise EngineUnavailable("The engine did not guess in time.") from error
        if not isinstance(told, dict) or "error" in told:
            raise EngineUnavailable("The engine could not guess.")
        return told


def _told(gold: Gold) -> dict[str, Any]:
    return {"text": gold.sentence.text, "spans": [asdict(span) for span in gold.spans]}
