"""The engine without blocking the event loop: word borders in a thread, predictions and trainings in processes."""

import asyncio
import logging
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from bot.domain.models import ModelsCompared
from bot.domain.project import Gold, Offsets, Sentence
from bot.domain.runs import LearnedFrom, TrainingJob
from bot.engine import guessing
from bot.engine import prediction as prediction_process
from bot.engine import ranking as ranking_process
from bot.engine.comparison import compare_versions
from bot.engine.encoders import encoder_folder
from bot.engine.guessing import GuessingProcess
from bot.engine.job_folder import write_gold, write_head, write_unlabelled
from bot.engine.job_host import JobHost, PlacedJob
from bot.engine.local_host import USUAL, Bounds, LocalHost, log_tail
from bot.engine.prediction import PredictionProcess
from bot.engine.protocol import absent
from bot.engine.ranking import RankingProcess
from bot.engine.scoring_host import ScoringHost
from bot.engine.tokenizer import TokenizerThread
from bot.errors import (
    EngineUnavailable,
    ModelAbsent,
    ModelUnsound,
    ModelUnusable,
    ObjectsUnavailable,
)
from bot.shelf.disk import DiskShelf
from bot.shelf.ports import ModelShelf
from ner_engine.annotation import Hint, Prediction
from ner_engine.encoder.choice import PACKAGED
from ner_engine.errors import TokenizerMissing
from ner_engine.processes.prediction_server import KEPT
from ner_engine.redaction.values import Marks
from ner_engine.results import TrainingEvent

log = logging.getLogger(__name__)

Answered = TypeVar("Answered")


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
        scoring: ScoringHost | None = None,
        shelf: ModelShelf | None = None,
    ) -> None:
        """`patience`: so many times as long as usual may a process take to answer. `encoder`: what new models learn
        over, by name or folder; None: the best one that is installed when they begin. `host`: where trainings run;
        None: here. `scoring`: who scores many sentences; None: this machine alone. `shelf`: where models are kept;
        None: in the data folder."""
        self._patience = patience
        self._encoder = encoder
        self._data = data
        self._host = host or LocalHost(bounds)
        self.scoring = scoring
        self._models = data / "models"
        self._shelf = shelf or DiskShelf(data)
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

        def ask(model: Path) -> Awaitable[list[Prediction]]:
            return self._predictions.predict(model, texts, person=person)

        return await self._ask(project_id, version, ask)

    async def hints(self, project_id: int, version: int, text: str) -> tuple[Hint, ...]:
        """What one version thinks possible in a text, the most probable first; raises EngineUnavailable."""
        return await self._ask(
            project_id, version, lambda model: self._predictions.hints(model, text)
        )

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

        def ask(model: Path) -> Awaitable[Marks]:
            return self._predictions.marks(model, texts, labels=labels, promise=promise)

        return await self._ask(project_id, version, ask)

    @property
    def is_asleep(self) -> bool:
        """Whether the process that predicts is not there yet."""
        return self._predictions.is_asleep

    async def wake(self) -> None:
        """Start it."""
        await self._predictions.wake()

    async def load(self, project_id: int, version: int) -> None:
        """Load a version beside those that answer and try it on its canaries; raises ModelUnusable."""
        await self._ask(project_id, version, self._predictions.load)

    async def _ask(
        self, project_id: int, version: int, ask: Callable[[Path], Awaitable[Answered]]
    ) -> Answered:
        """Ask a version that is here by then. A copy that turns out to be wrong says nothing of what is kept: it is
        fetched once more."""
        began = time.monotonic()
        model = await self._shelf.fetch(project_id, version)
        try:
            return await ask(model)
        except (ModelAbsent, ModelUnsound):
            if not await self._shelf.fetch_again(project_id, version, since=began):
                raise
        return await ask(model)

    def is_loading(self, project_id: int, version: int) -> bool:
        """Whether who asks this version now has to wait until it is loaded."""
        place = self._shelf.place(project_id, version)
        is_here = not self._shelf.is_shared or place.is_dir()
        return not is_here or self._predictions.is_loading(place)

    async def compare(
        self, project_id: int, one: int, two: int, gold: Sequence[Gold]
    ) -> ModelsCompared:
        """Two versions on the sentences that neither learned."""
        paths = [await self._shelf.fetch(project_id, version) for version in (one, two)]
        for path in paths:
            if not path.is_dir():
                raise absent(path.name)
        return await asyncio.to_thread(compare_versions, paths[0], paths[1], gold)

    async def remove(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove the files of versions; what the shelf does not do now is done after the next training."""
        try:
            await self._shelf.remove(project_id, versions)
        except ObjectsUnavailable as error:
            log.warning("models %s of project %d are left for now: %s", versions, project_id, error)

    @asynccontextmanager
    async def ranking(self, project_id: int, version: int | None) -> AsyncIterator[RankingProcess]:
        """A process of its own, so that /ner never waits for it; it is gone when the block is left."""
        model = None if version is None else await self._shelf.fetch(project_id, version)
        within = ranking_process.ANSWER_WITHIN_SECONDS * self._patience
        encoder = encoder_folder(self._encoder)
        errors = self._data / "ranking.log"
        async with RankingProcess(model, errors, within=within, encoder=encoder) as process:
            yield process

    async def write_gold(self, run_id: int, pages: AsyncIterator[Sequence[Gold]]) -> LearnedFrom:
        """Write what a run learns from where its process finds it, as it comes."""
        return await write_gold(self._job_path(run_id), pages)

    async def write_unlabelled(self, run_id: int, texts: Sequence[str]) -> None:
        """Write sentences that nobody labelled beside its gold."""
        await asyncio.to_thread(write_unlabelled, self._job_path(run_id), texts)

    @asynccontextmanager
    async def training(
        self, job: TrainingJob, *, hurry: asyncio.Event
    ) -> AsyncIterator[AsyncIterator[TrainingEvent]]:
        """One training where the host lets it run; it is gone when the block is left."""
        folder = self._job_path(job.run_id)
        encoder = encoder_folder(self._encoder)
        live = await self._live_of(job)
        await asyncio.to_thread(write_head, folder, job, live, self._vectors, encoder)
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
        return await asyncio.to_thread(_numbers, self._jobs) | await self._host.leftovers()

    async def _live_of(self, job: TrainingJob) -> Path | None:
        """Where the model is that the new one is compared with; what cannot be had now is noticed by the training."""
        if not job.live_version:
            return None
        try:
            return await self._shelf.fetch(job.project_id, job.live_version)
        except ModelUnusable:
            return self._shelf.place(job.project_id, job.live_version)

    async def adopt(self, job: TrainingJob, version: int) -> int:
        """Move what the training process left and verified to its place, as this version or, where that number is
        taken by what a crash left, as the next one; the number."""
        directory = self._job_path(job.run_id) / "model"
        while not await self._shelf.publish(job.project_id, version, directory):
            version += 1
        return version

    async def discard(self, run_id: int) -> None:
        """Remove what a training that was cut off left behind."""
        await asyncio.to_thread(shutil.rmtree, self._job_path(run_id), ignore_errors=True)
        await self._host.discard(run_id)

    def _job_path(self, run_id: int) -> Path:
        return self._jobs / str(run_id)


def _numbers(folder: Path) -> frozenset[int]:
    return frozenset(int(found.name) for found in folder.iterdir() if found.name.isdecimal())
