"""The process that predicts, and the queue before it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bot.engine_process import start_engine, stop_engine
from bot.engine_wire import prediction_request, read_predictions
from bot.errors import EngineUnavailable
from ner_engine.annotation import Prediction

BATCH_TEXTS = 4
"""The engine reads texts one by one: larger batches save nothing, and let all who waited go at the same moment."""
ANSWER_WITHIN_SECONDS = 60.0
_NICE = ("--nice", "2")
"""Who labels waits for nobody: a prediction gives way to the bot, a training to both."""

Found = list[Prediction]


@dataclass(slots=True)
class _Request:
    """Texts that wait for one model's answer."""

    model: Path
    texts: Sequence[str]
    answer: asyncio.Future[Found] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class PredictionProcess:
    """Asks a process of the engine, so that the event loop shares its interpreter with no model.

    Texts that wait for the same model are asked together. A process that died is started again for the next request.
    """

    def __init__(self, errors: Path) -> None:
        self._errors = errors
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: list[_Request] = []
        self._wake = asyncio.Event()
        self._server: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._server = asyncio.create_task(self._serve(), name="prediction queue")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.cancel()
            with suppress(asyncio.CancelledError):
                await self._server
        for request in self._waiting:
            request.answer.cancel()
        await self._end()

    async def predict(self, model: Path, texts: Sequence[str]) -> Found:
        """What is found in each text; raises EngineUnavailable."""
        request = _Request(model, texts)
        self._waiting.append(request)
        self._wake.set()
        return await request.answer

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            batch = self._take_batch()
            if not batch:
                self._wake.clear()
                continue
            await self._answer(batch)

    def _take_batch(self) -> list[_Request]:
        """The requests for the same model as the first one that waits, up to a bound of texts."""
        batch: list[_Request] = []
        texts = 0
        for request in self._waiting:
            if request.model == self._waiting[0].model and (not batch or texts < BATCH_TEXTS):
                batch.append(request)
                texts += len(request.texts)
        self._waiting = [request for request in self._waiting if request not in batch]
        return batch

    async def _answer(self, batch: list[_Request]) -> None:
        texts = [text for request in batch for text in request.texts]
        try:
            found = await self._ask(batch[0].model, texts)
        except EngineUnavailable as error:
            for request in batch:
                if not request.answer.done():
                    request.answer.set_exception(error)
            return
        start = 0
        for request in batch:
            end = start + len(request.texts)
            if not request.answer.done():
                request.answer.set_result(found[start:end])
            start = end

    async def _ask(self, model: Path, texts: Sequence[str]) -> Found:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                raw = await self._exchange(prediction_request(model, texts))
        except (OSError, TimeoutError, ValueError) as error:
            await self._end()
            raise EngineUnavailable(
                "The model did not answer. Nothing was lost; please ask again."
            ) from error
        return read_predictions(raw, model, len(texts))

    async def _exchange(self, request: bytes) -> bytes:
        if self._process is None:
            self._process = await start_engine("ner_engine.serving", *_NICE, errors=self._errors)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(request)
        await self._process.stdin.drain()
        raw = await self._process.stdout.readline()
        if not raw:
            raise BrokenPipeError("the prediction process ended")
        return raw

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await stop_engine(process)
