"""The process that predicts, and the queue before it."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from bot.engine.process import start_engine, stop_engine
from bot.engine.protocol import (
    check_loaded,
    hints_request,
    load_request,
    marks_request,
    prediction_request,
    read_hints,
    read_marks,
    read_number,
    read_predictions,
    wake_request,
)
from bot.engine.turns import TURN_TEXTS, Found, Turn, Turns
from bot.errors import EngineUnavailable
from bot.operations.metrics import PREDICTIONS
from ner_engine.annotation import Hint
from ner_engine.redaction.values import Marked, Marks

ANSWER_WITHIN_SECONDS = 60.0
_NICE = ("--nice", "2")
"""Who labels waits for nobody: a prediction gives way to the bot, a training to both."""


class PredictionProcess:
    """Asks a process of the engine, so that the event loop shares its interpreter with no model.

    People take turns; short texts that wait for the same model are asked together. A model is loaded before it is
    first asked, beside those that answer meanwhile. A process that died is started again for the next request.
    """

    def __init__(self, errors: Path, *, within: float = ANSWER_WITHIN_SECONDS) -> None:
        self._within = within
        self._line = EngineLine(errors, "ner_engine.processes.prediction_server", *_NICE)
        self._loads: dict[Path, asyncio.Task[None]] = {}
        self._turns = Turns()
        self._wake = asyncio.Event()
        self._server: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._server = asyncio.create_task(self._serve(), name="prediction queue")
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [*self._loads.values(), *([self._server] if self._server else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._turns.give_up()
        await self._line.end()

    @property
    def is_asleep(self) -> bool:
        """Whether no process is there yet."""
        return self._line.is_down

    async def wake(self) -> None:
        """Start the process before there is a model to load, which takes seconds; raises EngineUnavailable."""
        await self._ask(wake_request)

    def is_loading(self, model: Path) -> bool:
        """Whether who asks this model now has to wait until it is loaded."""
        load = self._loads.get(model)
        return self._line.is_down or load is None or not load.done()

    async def load(self, model: Path) -> None:
        """Load a model and try it on its canaries; raises ModelUnusable or EngineUnavailable."""
        if self._line.is_down:
            self._loads = {path: load for path, load in self._loads.items() if not load.done()}
        if model not in self._loads:
            self._loads[model] = asyncio.create_task(self._load(model), name=f"load {model.name}")
        try:
            await asyncio.shield(self._loads[model])
        except EngineUnavailable:
            self._loads.pop(model, None)
            raise

    async def _load(self, model: Path) -> None:
        raw = await self._ask(lambda number: load_request(number, model))
        check_loaded(raw, model)

    async def predict(self, model: Path, texts: Sequence[str], *, person: str = "") -> Found:
        """What is found in each text; raises ModelUnusable, EngineUnavailable, and Busy."""
        await self.load(model)
        turns = self._turns.add(person, model, texts)
        self._wake.set()
        try:
            found = await asyncio.gather(*(turn.answer for turn in turns))
        finally:
            for turn in turns:
                turn.answer.cancel()
        return [prediction for part in found for prediction in part]

    async def hints(self, model: Path, text: str) -> tuple[Hint, ...]:
        """Phrases of a text that may be entities, the most probable first; raises ModelUnusable, EngineUnavailable."""
        await self.load(model)
        return read_hints(await self._ask(lambda number: hints_request(number, model, text)))

    async def marks(
        self,
        model: Path,
        texts: Sequence[str],
        *,
        labels: Sequence[str] | None = None,
        promise: float | None = None,
    ) -> Marks:
        """What is to be masked in each text; raises ModelUnusable, EngineUnavailable.

        A few texts are asked at a time, so that others are answered between them.
        """
        await self.load(model)
        marks = Marks((), ())
        found: list[Marked] = []
        for start in range(0, max(len(texts), 1), TURN_TEXTS):
            some = texts[start : start + TURN_TEXTS]
            asked = partial(marks_request, model=model, texts=some, labels=labels, promise=promise)
            marks = read_marks(await self._ask(asked), model, len(some))
            found += marks.texts
        return replace(marks, texts=tuple(found))

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            turns = self._turns.take()
            if not turns:
                self._wake.clear()
                continue
            await self._answer(turns)

    async def _answer(self, turns: list[Turn]) -> None:
        model, texts = turns[0].model, [text for turn in turns for text in turn.texts]
        began = time.monotonic()
        try:
            raw = await self._ask(lambda number: prediction_request(number, model, texts))
            found = read_predictions(raw, model, len(texts))
        except EngineUnavailable as error:
            for turn in turns:
                if not turn.answer.done():
                    turn.answer.set_exception(error)
                    turn.answer.exception()  # looked at: whoever waits hears of the first
            return
        PREDICTIONS.inc(len(texts))
        self._turns.took(len(texts), time.monotonic() - began)
        start = 0
        for turn in turns:
            end = start + len(turn.texts)
            if not turn.answer.done():
                turn.answer.set_result(found[start:end])
            start = end

    async def _ask(self, request: Callable[[int], bytes]) -> bytes:
        try:
            async with asyncio.timeout(self._within):
                return await self._line.exchange(request)
        except (OSError, TimeoutError, ValueError) as error:
            await self._line.end()
            raise EngineUnavailable(
                "The model did not answer. Nothing was lost; please ask again."
            ) from error


class EngineLine:
    """Requests and answers of one process of the engine, told apart by number; it is started when first asked."""

    def __init__(self, errors: Path, module: str, *options: str) -> None:
        self._errors, self._module, self._options = errors, module, options
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[bytes]] = {}
        self._numbers = itertools.count()
        self._starting = asyncio.Lock()

    @property
    def is_down(self) -> bool:
        """Whether there is no process that could have anything loaded."""
        return self._process is None or self._process.returncode is not None

    async def exchange(self, request: Callable[[int], bytes]) -> bytes:
        """Send what `request` makes of a number, and wait for the line that carries it."""
        process = await self._started()
        number = next(self._numbers)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            assert process.stdin is not None
            process.stdin.write(request(number))
            await process.stdin.drain()
            return await answer
        finally:
            self._answers.pop(number, None)

    async def _started(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self.is_down:
                self._process = await start_engine(
                    self._module, *self._options, errors=self._errors
                )
                self._reader = asyncio.create_task(self._read(self._process), name="answers")
            assert self._process is not None
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            answer = self._answers.get(number) if (number := read_number(raw)) is not None else None
            if answer is not None and not answer.done():
                answer.set_result(raw)
        await process.wait()
        self._fail()

    def _fail(self) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(BrokenPipeError("the prediction process ended"))

    async def end(self) -> None:
        """End the process; who still waits for an answer gets none."""
        process, self._process = self._process, None
        if process is not None:
            await stop_engine(process)
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)
