"""The process that says what to label next, for as long as one project is ranked."""

import asyncio
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from bot.domain.ranking import Candidate
from bot.engine.process import start_engine, stop_engine
from bot.errors import EngineUnavailable

ANSWER_WITHIN_SECONDS = 300.0
_NICE = "15"
"""It gives way to answers, and to trainings."""


class RankingProcess:
    """Implements `ports.Ranker` by a process of the engine, which is gone when the block is left."""

    def __init__(
        self,
        model: Path | None,
        errors: Path,
        *,
        within: float = ANSWER_WITHIN_SECONDS,
        encoder: str | None = None,
    ) -> None:
        """`encoder`: the folder of the one that says what is alike, None for the packaged one."""
        self._within = within
        self._encoder = encoder
        self._model = model
        self._errors = errors
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        try:
            self._process = await start_engine(
                "ner_engine.processes.ranking_server", "--nice", _NICE, errors=self._errors
            )
        except OSError as error:
            raise EngineUnavailable("The engine could not start.") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            await stop_engine(self._process)

    async def score(self, sentences: Sequence[Candidate]) -> list[float]:
        """How unsure the model is of each sentence; raises EngineUnavailable."""
        told = await self._ask(
            do="score",
            model=str(self._model),
            ids=[sentence.id for sentence in sentences],
            texts=[sentence.text for sentence in sentences],
        )
        return checked(told.get("uncertainties"), float, len(sentences))

    async def know(self, scored: Sequence[Candidate]) -> None:
        """Remember what the model's scores of these are."""
        await self._ask(
            do="know",
            ids=[sentence.id for sentence in scored],
            uncertainties=[sentence.uncertainty for sentence in scored],
        )

    async def ranked(self, *, random_share: float, seed: int, start: int, size: int) -> list[int]:
        """Ids of the order of all that are known, from the one at `start` on."""
        told = await self._ask(do="rank", share=random_share, seed=seed, start=start, size=size)
        return checked(told.get("ids"), int, None)

    async def diverse(self, sentences: Sequence[Candidate], *, count: int) -> list[int]:
        """The ids of those that stand for all of them, best first."""
        texts = [sentence.text for sentence in sentences]
        told = await self._ask(
            do="diverse", texts=texts, count=count, seed=0, encoder=self._encoder
        )
        chosen = checked(told.get("chosen"), int, None)
        return [sentences[number].id for number in chosen]

    async def _ask(self, **request: Any) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._within):
                told = json.loads(await self._exchange(json.dumps(request).encode() + b"\n"))
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineUnavailable("The engine did not say what to label next.") from error
        if not isinstance(told, dict) or "error" in told:
            raise EngineUnavailable(f"The engine could not say what to label next ({told}).")
        return told

    async def _exchange(self, request: bytes) -> bytes:
        assert self._process is not None, "the block is entered"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(request)
        await self._process.stdin.drain()
        return await self._process.stdout.readline()


def checked(values: Any, kind: type[Any], count: int | None) -> list[Any]:
    """Finite numbers, as many as expected."""
    try:
        numbers = [kind(value) for value in values]
    except (TypeError, ValueError) as error:
        raise EngineUnavailable("The engine said what cannot be read.") from error
    if count not in {None, len(numbers)} or not all(map(math.isfinite, numbers)):
        raise EngineUnavailable("The engine said what cannot be read.")
    return numbers
