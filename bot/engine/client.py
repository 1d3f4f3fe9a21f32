"""The engine without blocking the event loop: word borders in a thread, predictions and trainings in processes."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Self

from bot.domain.models import ModelsCompared
from bot.domain.project import Gold, Offsets, Sentence
from bot.domain.runs import LearnedFrom, TrainingJob
from bot.engine import guessing
from bot.engine import prediction as prediction_process
from bot.engine import ranking as ranking_process
from bot.engine.comparison import compare_versions
from bot.engine.encoders import encoder_folder
from bot.engine.guessing import GuessingProcess
from bot.engine.job_folder import write_gold, write_head
from bot.engine.job_host import JobHost, PlacedJob
from bot.engine.local_host import USUAL, Bounds, LocalHost, log_tail
from bot.engine.prediction import PredictionProcess
from bot.engine.protocol import absent
from bot.engine.ranking import RankingProcess
from bot.engine.tokenizer import TokenizerThread
from bot.errors import EngineUnavailable
from ner_engine.annotation import Hint, Prediction
from ner_engine.encoder.choice import PACKAGED
from ner_engine.errors import TokenizerMissing
from ner_engine.processes.prediction_server import KEPT
from ner_engine.redaction.values import Marks
from ner_engine.results import TrainingEvent

log = logging.getLogger(__name__)


class EngineClient:
    """Runs the engine beside the event loop. Nothing here imports spaCy before it is needed."""

    loaded_at_once = KEPT
    """Models that answer without being loaded anew."""

    def __init__(
        self,
        data: Path,
        bounds: Bounds = USUAL,
        *,
        patience: float = 1.0,
        encoder: str | None = PACKAGED,
        host: JobHost | None = None,
    ) -> None:
        """`patience`: so many times as long as usual may a process take to answer. `encoder`: what new models learn
        over, by name or folder; None: the best one that is installed when they begin. `host`: where trainings run;
        None: here."""
        self._patience = patience
        self._encoder = encoder
        self._data = data
        self._host = host or LocalHost(bounds)
        self._models = data / "models"
        self._jobs = data / "jobs"
        self._vectors = data / "vectors"
        self._predictions = PredictionProcess(
            data / "prediction.log", within=prediction_process.ANSWER_WITHIN_SECONDS * patience
        )
        self._words = TokenizerThread()
        self.guesses = GuessingProcess(
            data / "guessing.log",
            partial(encoder_folder, encoder),
            memory_mb=bounds.memory_mb,
            within=guessing.TAUGHT_WITHIN_SECONDS * patience,
        )
        """First guesses, before there is a model."""

    async def __aenter__(self) -> Self:
        for folder in (self._models, self._jobs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        await self._predictions.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End what was started; nothing is where nothing was asked."""
        await self.guesses.end()
        await self._predictions.__aexit__()
        self._words.close()

    async def tokens(
        self, texts: Sequence[str], *, language: str = "en"
    ) -> list[tuple[Offsets, ...]]:
        """The token offsets of each text; raises EngineUnavailable where the language's tokenizer is not installed."""
        try:
            return await self._words.tokens(texts, language=language)
        except TokenizerMissing as error:
            raise EngineUnavailable(str(error)) from error

    async def sentences(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """The offsets of the sentences in each text, edge blanks left out."""
        return await self._words.sentences(texts)

    async def recall(
        self,
        project_id: int,
        phrases: Sequence[tuple[str, str]],
        sentences: Sequence[Sentence],
    ) -> list[Prediction]:
        """Where a project's labelled phrases, the newest first, stand in each sentence."""
        return await self._words.recall(project_id, phrases, sentences)

    async def predict(
        self, project_id: int, version: int, texts: Sequence[str], *, person: str = ""
    ) -> list[Prediction]:
        """What one version finds in each text, in turn with other people's; raises EngineUnavailable and Busy."""
        model = self._model_path(project_id, version)
        return await self._predictions.predict(model, texts, person=person)

    async def hints(self, project_id: int, version: int, text: str) -> tuple[Hint, ...]:
        """What one version thinks possible in a text, the most probable first; raises EngineUnavailable."""
        return await self._predictions.hints(self._model_path(project_id, version), text)

    async def marks(
        self,
        project_id: int,
        version: int,
        texts: Sequence[str],
        *,
        labels: Sequence[str] | None = None,
        promise: float | None = None,
    ) -> Marks:
        """What is to be masked in each text by one version, so that at most `promise` of these labels' entities slips
        through, a share in 0..1; raises EngineUnavailable."""
        model = self._model_path(project_id, version)
        return await self._predictions.marks(model, texts, labels=labels, promise=promise)

    async def load(self, project_id: int, version: int) -> None:
        """Load a version beside those that answer and try it on its canaries; raises ModelUnusable."""
        await self._predictions.load(self._model_path(project_id, version))

    def is_loading(self, project_id: int, version: int) -> bool:
        """Whether who asks this version now has to wait until it is loaded."""
        return self._predictions.is_loading(self._model_path(project_id, version))

    async def compare(
        self, project_id: int, one: int, two: int, gold: Sequence[Gold]
    ) -> ModelsCompared:
        """Two versions on the sentences that neither learned."""
        paths = [self._model_path(project_id, version) for version in (one, two)]
        for path in paths:
            if not path.is_dir():
                raise absent(path.name)
        return await asyncio.to_thread(compare_versions, paths[0], paths[1], gold)

    async def remove(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove the files of versions."""
        for version in versions:
            path = self._model_path(project_id, version)
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    def ranking(self, project_id: int, version: int | None) -> RankingProcess:
        """A process of its own, so that /ner never waits for it; it is gone when the block is left."""
        model = None if version is None else self._model_path(project_id, version)
        within = ranking_process.ANSWER_WITHIN_SECONDS * self._patience
        encoder = encoder_folder(self._encoder)
        return RankingProcess(model, self._data / "ranking.log", within=within, encoder=encoder)

    async def write_gold(self, run_id: int, pages: AsyncIterator[Sequence[Gold]]) -> LearnedFrom:
        """Write what a run learns from where its process finds it, as it comes."""
        return await write_gold(self._job_path(run_id), pages)

    @asynccontextmanager
    async def training(
        self, job: TrainingJob, *, hurry: asyncio.Event
    ) -> AsyncIterator[AsyncIterator[TrainingEvent]]:
        """One training where the host lets it run; it is gone when the block is left."""
        folder = self._job_path(job.run_id)
        live = job.live_version and self._model_path(job.project_id, job.live_version)
        encoder = encoder_folder(self._encoder)
        await asyncio.to_thread(write_head, folder, job, live or None, self._vectors, encoder)
        placed = PlacedJob(job.run_id, folder, job.project_id, job.live_version)
        try:
            async with self._host.start(placed, hurry=hurry) as events:
                yield events
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def log(self, run_id: int) -> str:
        """The last lines a training process wrote about its troubles; the engine keeps texts out of them."""
        return await asyncio.to_thread(log_tail, self._job_path(run_id) / "log")

    async def leftovers(self) -> frozenset[int]:
        """The runs of which there are files."""
        return await asyncio.to_thread(_numbers, self._jobs)

    async def adopt(self, job: TrainingJob, version: int) -> None:
        """Move what the training process left and verified to its place."""
        await asyncio.to_thread(self._adopt_now, job, version)

    def _adopt_now(self, job: TrainingJob, version: int) -> None:
        from ner_engine.model_files.store import install  # noqa: PLC0415 - numpy-free, but not needed to start

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


def _numbers(folder: Path) -> frozenset[int]:
    return frozenset(int(found.name) for found in folder.iterdir() if found.name.isdecimal())
