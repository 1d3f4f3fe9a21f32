"""A worker: it has the database and the object store, takes jobs until it is stopped, and leaves nothing behind."""

import asyncio
import logging
import os
import secrets
import shutil
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, suppress
from functools import partial

from bot.db.served import EVERY_WORKSPACE
from bot.engine.encoders import check_encoder
from bot.engine.local_host import LocalHost
from bot.engine.ranking import ANSWER_WITHIN_SECONDS
from bot.errors import SettingsError, StoreUnavailable
from bot.models.copies import drop_gone
from bot.models.repositories.copies import ModelCopies
from bot.opening import make_folder, open_database
from bot.operations.data_lock import locked
from bot.settings import Settings
from bot.shelf.opening import open_shelf
from bot.workers.carrying.predictions import Predictions
from bot.workers.carrying.scores import Scores
from bot.workers.carrying.trainings import Trainings
from bot.workers.carrying.vectors import WorkerVectors
from bot.workers.opening import bounds_of, open_files, open_queue
from bot.workers.repositories.erasures import Erasures
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import JobKind
from bot.workers.worker import SILENT_SECONDS, Worker

ERASED_SECONDS = 30.0
"""How often a worker looks whether something was to be forgotten."""

REST_SECONDS = 60.0
"""A model that is not asked for so long is not kept in memory."""

_FOLDERS = 256

log = logging.getLogger(__name__)


async def open_worker(settings: Settings, stack: AsyncExitStack) -> Worker:
    """Open what a worker needs until the stack is closed; raises SettingsError."""
    make_folder(settings)
    check_encoder(settings.encoder)
    folder = settings.data / "worker"
    stack.enter_context(locked(folder))
    for left in ("jobs", "bulk"):
        await asyncio.to_thread(shutil.rmtree, folder / left, ignore_errors=True)
    database, clock = await open_database(settings, stack)
    files = open_files(settings)
    if settings.jobs == "procrastinate":
        await open_queue(settings, database)
    vectors = WorkerVectors(folder, Erasures(database))
    await vectors.look()
    shelf = open_shelf(settings.data, settings.models)
    predictions = Predictions(files, folder=folder / "bulk")
    within = ANSWER_WITHIN_SECONDS * settings.patience
    scores = Scores(files, shelf, errors=settings.data / "ranking.log", within=within)
    for rested in (predictions.rest, scores.rest):
        stack.push_async_callback(rested, -1)
    gone = partial(drop_gone, shelf, ModelCopies(database, EVERY_WORKSPACE))
    looking = asyncio.create_task(
        _keep_looking((predictions, scores), vectors, gone), name="what is to be forgotten"
    )
    stack.callback(looking.cancel)
    trainings = Trainings(
        files,
        shelf,
        LocalHost(bounds_of(settings)),
        folder=folder / "jobs",
        vectors=vectors,
        encoder=settings.encoder,
    )
    return Worker(
        Jobs(database, clock),
        {
            JobKind.TRAINING: trainings.carry,
            JobKind.PREDICTION: predictions.carry,
            JobKind.RANKING: scores.carry,
        },
        name=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
        forget=files.remove,
        silent=SILENT_SECONDS * settings.patience,
    )


async def work(settings: Settings, worker: Worker) -> None:
    """Carry out jobs until the worker is to stop."""
    from bot.workers.queues.procrastinate_worker import work as take_jobs  # noqa: PLC0415 - an extra

    await take_jobs(
        settings.database,
        worker.carry_out,
        at_once=settings.trainings,
        name=worker.name,
        until=worker.stopping,
    )


def free_folder(settings: Settings, stack: AsyncExitStack) -> Settings:
    """A folder in the data folder for a worker of one job: several are on a machine, and each finds again what one
    before it has kept. Raises SettingsError."""
    for number in range(_FOLDERS):
        folder = settings.data / f"job{number}"
        with suppress(SettingsError):
            stack.enter_context(locked(folder))
            return settings.model_copy(update={"data": folder})
    raise SettingsError(f"NERBOT_DATA: {settings.data} has no folder that is free or can be made")


async def carry_out(worker: Worker, job_id: int) -> None:
    """Carry out one job; it is let go of where whoever started this process is gone."""
    watching = asyncio.create_task(_stop_without(os.getppid(), worker))
    try:
        await worker.carry_out(job_id)
    finally:
        watching.cancel()


async def _stop_without(parent: int, worker: Worker) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 - a process that is gone does not call
        await asyncio.sleep(1)
    worker.stopping.set()


async def _keep_looking(
    kept: Iterable[Predictions | Scores],
    vectors: WorkerVectors,
    drop_gone_models: Callable[[], Awaitable[object]],
) -> None:
    while True:
        await asyncio.sleep(ERASED_SECONDS)
        for each in kept:
            await each.rest(REST_SECONDS)
        with suppress(StoreUnavailable):
            await vectors.look()
            await drop_gone_models()
