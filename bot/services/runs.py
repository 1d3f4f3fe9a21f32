"""A run from its row to its end: the training process, the lease, the message, the model."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain import (
    Gold,
    Model,
    Progress,
    Run,
    RunState,
    Trained,
    TrainingEvent,
    TrainingFailed,
    TrainingJob,
)
from bot.errors import NerbotError
from bot.services.ports import Engine, Notifier, Store
from bot.services.upkeep import Upkeep

LEASE = timedelta(seconds=20)
TICK_SECONDS = 2.0

log = logging.getLogger(__name__)


class RunEnded(NerbotError):
    """The run ended while its model was on the way: somebody cancelled it, or another process took over."""


class BotStops(NerbotError):
    """nerbot is asked to stop while a run goes on."""


class Conductor:
    """Carries runs out, each to a final state, whatever happens on the way."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        notifier: Notifier,
        upkeep: Upkeep,
        *,
        stopping: asyncio.Event,
        owner: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._engine = engine
        self._notifier = notifier
        self._upkeep = upkeep
        self._clock = clock
        self._stopping = stopping
        self.owner = owner

    async def conduct(self, workspace: str, run: Run) -> None:
        """Train, tell, and put the model in its place; ends as interrupted where the bot is stopping."""
        try:
            run = await self.show(workspace, run)
            await self._train(workspace, run)
        except BotStops:
            await self._end(workspace, run, RunState.INTERRUPTED)
        except RunEnded:
            log.info("run %s ended on the way", run.id)
        except Exception as error:
            log.exception("run %s failed", run.id)
            await self._end(workspace, run, RunState.FAILED, failure=_in_words(error))

    async def tell_interrupted(self, workspace: str, run: Run) -> None:
        """Say that a run whose process died is over, and clear away what it left."""
        await self._engine.discard(run.id)
        await self.show(workspace, run)

    async def show(self, workspace: str, run: Run) -> Run:
        """Post or edit the run's message; the run with the message it was given."""
        end = await self._upkeep.end_of(workspace, run)
        posted = await self._notifier.show_run(workspace, run, end)
        if posted is None:
            return run
        channel, message = posted
        async with self._store.writing(workspace) as work:
            return await work.runs.follow(run.id, channel=channel, message=message)

    async def _train(self, workspace: str, run: Run) -> None:
        async with self._store.reading(workspace) as work:
            gold = await work.annotations.gold(run.project_id, with_unfinished=run.with_unfinished)
            live = await work.models.live(run.project_id)
        async with self._store.writing(workspace) as work:
            finished = sum(item.finished for item in gold)
            run = await work.runs.begin(run.id, sentences=finished)
        job = _job(run, gold, live)
        async with self._engine.training(job) as events:
            end = await self._drain(workspace, run, events)
            if isinstance(end, Trained):
                await self._finish(workspace, run, job, end)
        if isinstance(end, TrainingFailed):
            await self._end(workspace, run, RunState.FAILED, failure=end.words)
        else:
            await self._upkeep.finish(workspace, run.id)

    async def _drain(
        self, workspace: str, run: Run, events: AsyncIterator[TrainingEvent]
    ) -> Trained | TrainingFailed:
        """Follow the process to its last event, keeping the lease; raises RunEnded where it is over."""
        progress: Progress | None = None
        beaten = 0.0
        async for event in _with_ticks(events, self._stopping, seconds=TICK_SECONDS):
            if isinstance(event, Trained | TrainingFailed):
                return event
            progress = event or progress
            now = asyncio.get_running_loop().time()
            if now - beaten < TICK_SECONDS / 2:
                continue
            beaten = now
            await self._beat(workspace, run, progress)
            run = await self.show(workspace, replace(run, progress=progress))
        return TrainingFailed(
            "The training process ended without a word, as it does when the machine runs out of memory. "
            "Nothing was lost; /train tries again."
        )

    async def _beat(self, workspace: str, run: Run, progress: Progress | None) -> None:
        async with self._store.writing(workspace) as work:
            ours = await work.runs.beat(run.id, owner=self.owner, lease=LEASE, progress=progress)
        if not ours:
            raise RunEnded(f"run {run.id}")

    async def _finish(self, workspace: str, run: Run, job: TrainingJob, trained: Trained) -> None:
        """Files first, then the row that names them: a crash between the two leaves no version without files."""
        async with self._store.reading(workspace) as work:
            version = await work.models.next_version(run.project_id)
        await self._engine.adopt(job, version)
        # Loaded before it is live: the first question does not wait, and one that cannot be loaded fails here.
        await self._engine.load(run.project_id, version)
        model = Model(run.project_id, version, trained.labels, self._clock(), trained.evaluation)
        async with self._store.writing(workspace) as work:
            await work.models.add(model, run_id=run.id)
            held_back = await self._upkeep.promote(work, run, model, expected=job.live_version)
            ended = await work.runs.end(
                run.id,
                RunState.SUCCEEDED,
                evaluation=replace(trained.evaluation, held_back=held_back),
                version=version,
                went_live=held_back is None,
            )
            if ended is None:
                raise RunEnded(f"run {run.id}")
        await self.show(workspace, ended)

    async def _end(
        self, workspace: str, run: Run, state: RunState, *, failure: str | None = None
    ) -> None:
        async with self._store.writing(workspace) as work:
            ended = await work.runs.end(run.id, state, failure=failure)
        if ended is not None:
            await self.show(workspace, ended)


def _job(run: Run, gold: tuple[Gold, ...], live: Model | None) -> TrainingJob:
    return TrainingJob(
        run_id=run.id,
        project_id=run.project_id,
        preset=run.preset,
        seed=run.seed,
        gold=gold,
        live_version=live.version if live else None,
    )


def _in_words(error: Exception) -> str:
    if isinstance(error, NerbotError) and str(error):
        return str(error)
    return "Something went wrong inside nerbot; its log says more. Nothing was lost; /train tries again."


async def _with_ticks(
    events: AsyncIterator[TrainingEvent], stopping: asyncio.Event, *, seconds: float
) -> AsyncIterator[TrainingEvent | None]:
    """Every event, and None whenever none came for so many seconds; raises BotStops when asked to stop."""
    pending: asyncio.Future[TrainingEvent] | None = None
    stop = asyncio.ensure_future(stopping.wait())
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(events))
            either: tuple[asyncio.Future[Any], ...] = (pending, stop)
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                raise BotStops
            if not pending.done():
                yield None
                continue
            try:
                event = pending.result()
            except StopAsyncIteration:
                return
            pending = None
            yield event
    finally:
        stop.cancel()
        if pending is not None:
            pending.cancel()
