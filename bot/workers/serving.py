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
from bot.errors import StoreUnavailable
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
