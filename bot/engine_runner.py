"""The async door to the engine: one thread that predicts, and a process for each training."""

import asyncio
import logging
import os
import shutil
import signal
import sys
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from bot.domain import Offsets, TrainingEvent, TrainingJob
from bot.engine_wire import job_files, read_event
from bot.errors import EngineUnavailable
from ner_engine.annotation import Span

if TYPE_CHECKING:
    from ner_engine.prediction import Predictor

MODELS_KEPT_LOADED = 2
BATCH_TEXTS = 64
STOP_WITHIN_SECONDS = 4.0
_LINE_LIMIT = 8 * 1024 * 1024
_SECRET_PREFIXES = ("SLACK_", "NERBOT_")

log = logging.getLogger(__name__)

ModelKey = tuple[int, int]
T = TypeVar("T")


@dataclass(slots=True)
class _Request:
    """Texts that wait for one version's answer."""

    key: ModelKey
    texts: Sequence[str]
    answer: asyncio.Future[list[tuple[Span, ...]]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class EngineRunner:
    """Runs the engine beside the event loop. spaCy is imported in the prediction thread, when first needed."""

    def __init__(self, data: Path) -> None:
        self._models = data / "models"
        self._jobs = data / "jobs"
        self._prediction = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prediction")
        # Labelling does not wait behind predictions: word borders have a thread and a vocabulary of their own.
        self._tokenizing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokens")
        self._loaded: OrderedDict[ModelKey, Predictor] = OrderedDict()
        self._tokenize: Callable[[str], tuple[Offsets, ...]] | None = None
        self._waiting: list[_Request] = []
        self._wake = asyncio.Event()
        self._server: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        for folder in (self._models, self._jobs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._server = asyncio.create_task(self._serve(), name="prediction queue")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.cancel()
            with suppress(asyncio.CancelledError):
                await self._server
        for request in self._waiting:
            request.answer.cancel()
        for thread in (self._prediction, self._tokenizing):
            thread.shutdown(wait=False, cancel_futures=True)

    # prediction

    async def tokens(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """The token offsets of each text."""
        return await _in_thread(self._tokenizing, self._tokens_now, texts)

    def _tokens_now(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        if self._tokenize is None:
            from ner_engine.prediction import Tokenizer  # noqa: PLC0415 - spaCy comes here, off the event loop

            self._tokenize = Tokenizer().token_offsets
        return [self._tokenize(text) for text in texts]

    async def predict(
        self, project_id: int, version: int, texts: Sequence[str]
    ) -> list[tuple[Span, ...]]:
        """The entities one version finds; texts that wait for the same version are answered together."""
        request = _Request((project_id, version), texts)
        self._waiting.append(request)
        self._wake.set()
        return await request.answer

    async def load(self, project_id: int, version: int) -> None:
        """Load a version before it is asked for."""
        await self.predict(project_id, version, [])

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            batch = self._take_batch()
            if not batch:
                self._wake.clear()
                continue
            await self._answer(batch)

    def _take_batch(self) -> list[_Request]:
        """The requests that wait for the same version as the first one does, up to a bound of texts."""
        batch: list[_Request] = []
        texts = 0
        for request in self._waiting:
            if request.key == self._waiting[0].key and (not batch or texts < BATCH_TEXTS):
                batch.append(request)
                texts += len(request.texts)
        self._waiting = [request for request in self._waiting if request not in batch]
        return batch

    async def _answer(self, batch: list[_Request]) -> None:
        texts = [text for request in batch for text in request.texts]
        try:
            found = await _in_thread(self._prediction, self._predict_now, batch[0].key, texts)
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

    def _predict_now(self, key: ModelKey, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        try:
            return self._predictor(key).predict(texts)
        except EngineUnavailable:
            raise
        except Exception as error:
            raise EngineUnavailable(
                f"Model {key[1]} could not answer. Its files may be damaged; /train makes a new one."
            ) from error

    def _predictor(self, key: ModelKey) -> "Predictor":
        if key not in self._loaded:
            from ner_engine.prediction import load_model  # noqa: PLC0415 - spaCy comes here, off the event loop

            self._loaded[key] = load_model(self._model_path(*key))
        self._loaded.move_to_end(key)
        while len(self._loaded) > MODELS_KEPT_LOADED:
            self._loaded.popitem(last=False)
        return self._loaded[key]

    # training

    @asynccontextmanager
    async def training(self, job: TrainingJob) -> AsyncIterator[AsyncIterator[TrainingEvent]]:
        """One training in a process group of its own, without our secrets; it is gone when the block is left."""
        folder = self._job_path(job.run_id)
        live = job.live_version and self._model_path(job.project_id, job.live_version)
        await asyncio.to_thread(_write_job, folder, job_files(job, live or None))
        process = await _spawn(folder)
        try:
            yield _events(process, job)
        finally:
            await _stop(process)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def adopt(self, job: TrainingJob, version: int) -> None:
        """Move what the training process left and verified to its place."""
        await asyncio.to_thread(self._adopt_now, job, version)

    def _adopt_now(self, job: TrainingJob, version: int) -> None:
        from ner_engine.model_store import install  # noqa: PLC0415 - numpy-free, but not needed to start

        models = self._models / str(job.project_id)
        # A directory without a row was left by a crash between the rename and the commit.
        shutil.rmtree(models / str(version), ignore_errors=True)
        install(self._job_path(job.run_id) / "model", models, version)

    async def discard(self, run_id: int) -> None:
        """Remove what a training that was cut off left behind."""
        await asyncio.to_thread(shutil.rmtree, self._job_path(run_id), ignore_errors=True)

    def _model_path(self, project_id: int, version: int) -> Path:
        return self._models / str(project_id) / str(version)

    def _job_path(self, run_id: int) -> Path:
        return self._jobs / str(run_id)


async def _in_thread(thread: ThreadPoolExecutor, work: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, work, *args)


def _write_job(folder: Path, files: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


async def _spawn(folder: Path) -> asyncio.subprocess.Process:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(_SECRET_PREFIXES)
    }
    with (folder / "log").open("wb") as errors:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ner_engine.job",
            str(folder),
            "--nice",
            "10",
            stdin=asyncio.subprocess.PIPE,  # its end tells the process that we are gone
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=environment,
            # A group of its own, to be ended whole; not a session: Linux shares the processor between sessions first,
            # and the niceness of a training would count within its own alone.
            process_group=0,
            limit=_LINE_LIMIT,
        )


async def _events(
    process: asyncio.subprocess.Process, job: TrainingJob
) -> AsyncIterator[TrainingEvent]:
    assert process.stdout is not None
    async for raw in process.stdout:
        event = read_event(raw, job)
        if event is not None:
            yield event
    code = await process.wait()
    if code:
        log.warning("a training process ended with %s", code)


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Ask the process, then end its whole group."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_WITHIN_SECONDS):
                await process.wait()
        except TimeoutError:
            log.warning("a training process did not stop when asked")
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
