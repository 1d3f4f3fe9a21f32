"""A training on a worker: the files come from the object store, the process is the one every training has."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.engine.encoders import encoder_folder
from bot.engine.job_host import JobHost, PlacedJob
from bot.errors import ModelUnusable
from bot.shelf.ports import ModelShelf
from bot.workers.carrying.vectors import WorkerVectors
from bot.workers.files import JobFiles
from bot.workers.values import Job, JobState
from bot.workers.worker import Held
from ner_engine.results import Progress, Trained, TrainingEvent, TrainingFailed
from ner_engine.settings import TrainingSettings


class Trainings:
    """Carries trainings out, each in a folder of its own, which is gone afterwards."""

    def __init__(
        self,
        files: JobFiles,
        shelf: ModelShelf,
        host: JobHost,
        *,
        folder: Path,
        vectors: WorkerVectors,
        encoder: str | None,
    ) -> None:
        """`encoder`: what new models learn over, by name or folder, None for the best one that is installed here."""
        self._files = files
        self._shelf = shelf
        self._host = host
        self._folder = folder
        self._vectors = vectors
        self._encoder = encoder

    async def carry(self, held: Held) -> JobState:
        """Train, and keep what came of it."""
        job = held.job
        folder = self._folder / str(job.id)
        try:
            placed = await self._prepare(job, folder)
            # Nobody waits for a training that is to be let go of: it is ended in a hurry.
            async with self._host.start(placed, hurry=held.lost) as events:
                end = await _drain(events, held)
            if end is None:
                return JobState.LOST
            await asyncio.to_thread(
                self._files.send_back,
                job.folder,
                folder,
                _line(end),
                with_model=isinstance(end, Trained),
            )
            return JobState.LOST if held.lost.is_set() else JobState.DONE
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            # What was to be forgotten meanwhile may have been encoded meanwhile, too.
            await self._vectors.look()

    async def _prepare(self, job: Job, folder: Path) -> PlacedJob:
        assert job.run_id is not None, "a training has a run"
        assert job.project_id is not None, "and a project"
        await self._vectors.look()
        await asyncio.to_thread(self._receive, job.folder, folder)
        version = await self._fill_in(folder / "job.json", job.project_id)
        return PlacedJob(job.run_id, folder, job.project_id, version)

    def _receive(self, key: str, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        self._files.receive_training(key, folder)

    async def _fill_in(self, file: Path, project_id: int) -> int | None:
        """Folders of the bot's machine say nothing here: name those of this one. The version of the live model."""
        head: dict[str, Any] = json.loads(await asyncio.to_thread(file.read_text, "utf-8"))
        version = head.get("live_version") or None
        head["live_model"] = await self._live(project_id, version)
        head["vectors"] = str(self._vectors.folder)
        settings = TrainingSettings.from_json(head["settings"])
        head["settings"] = settings.over(encoder_folder(self._encoder)).to_json()
        await asyncio.to_thread(file.write_text, json.dumps(head), "utf-8")
        return version

    async def _live(self, project_id: int, version: int | None) -> str | None:
        """The live model, with which the new one is compared; what cannot be had is noticed by the training."""
        if version is None:
            return None
        try:
            return str(await self._shelf.fetch(project_id, version))
        except ModelUnusable:
            return str(self._shelf.place(project_id, version))


async def _drain(
    events: AsyncIterator[TrainingEvent], held: Held
) -> Trained | TrainingFailed | None:
    """The last event; None where it is to be let go of."""
    lost = asyncio.ensure_future(held.lost.wait())
    pending: asyncio.Future[TrainingEvent] | None = None
    try:
        while True:
            pending = asyncio.ensure_future(anext(events))
            await asyncio.wait((pending, lost), return_when=asyncio.FIRST_COMPLETED)
            if held.lost.is_set():
                return None
            try:
                event = pending.result()
            except StopAsyncIteration:
                return None
            if isinstance(event, Progress):
                held.progress = event
            else:
                return event
    finally:
        lost.cancel()
        if pending is not None:
            pending.cancel()


def _line(end: Trained | TrainingFailed) -> bytes:
    event = "succeeded" if isinstance(end, Trained) else "failed"
    return json.dumps({"event": event, **asdict(end)}).encode()
