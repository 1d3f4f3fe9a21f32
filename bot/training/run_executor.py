"""A run from its row to its end: the training process, the lease, the message, the model."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bot.db.database import Store
from bot.db.records.gold import GoldPages
from bot.db.records.runs import Runs
from bot.db.records.suspicions import Suspicions
from bot.domain.runs import ACTIVE_STATES, LearnedFrom, Model, Run, RunState, TrainingJob
from bot.engine.ports import Engine
from bot.errors import JobLost, NerbotError, NotFound, StoreUnavailable
from bot.labelling.repositories.annotations import Annotations
from bot.models.lifecycle import ModelLifecycle
from bot.models.ports import RunMessages
from bot.models.repositories.models import Models
from bot.operations.logs import log_failure
from bot.projects.repositories.projects import Projects
from bot.training.failures import PROCESS_DIED, in_words, words_for
from bot.training.following import BotStops, RunEnded, with_ticks
from bot.training.heartbeat import Heartbeat
from bot.training.readiness import give_unlabelled
from bot.training.repositories.auto_training import AutoTrainings
from bot.training.repositories.maintenance import MaintenanceRepository
from ner_engine.results import Trained, TrainingEvent, TrainingFailed

LEASE = timedelta(seconds=20)
TICK_SECONDS = 2.0
MOST = 1_000
"""Trainings that one bot follows at a time where others carry them out."""

log = logging.getLogger(__name__)


class RunExecutor:
    """Carries runs out, each to a final state, whatever happens on the way."""

    def __init__(
        self,
        store: Store,
        maintenance: MaintenanceRepository,
        engine: Engine,
        messages: RunMessages,
        lifecycle: ModelLifecycle,
        *,
        stopping: asyncio.Event,
        owner: str,
        clock: Callable[[], datetime],
        limit: int = 1,
        lease: timedelta = LEASE,
        tick: float = TICK_SECONDS,
    ) -> None:
        self._store = store
        self._maintenance = maintenance
        self._limit = limit
        self._lease = lease
        self._tick = tick
        self._engine = engine
        self._messages = messages
        self._lifecycle = lifecycle
        self._clock = clock
        self._stopping = stopping
        self.owner = owner
        self._carried: set[int] = set()

    def carries(self, run_id: int) -> bool:
        """Whether this process is at a run: then nobody here takes it for one whose process is gone."""
        return run_id in self._carried

    async def execute(self, workspace: str, run: Run) -> None:
        """Wait for a place, train, tell, and put the model in its place.

        Where the bot stops, a run that waits is left for the next process, and one that trains ends as interrupted.
        """
        self._carried.add(run.id)
        try:
            await self._execute(workspace, run)
        finally:
            self._carried.discard(run.id)

    async def _execute(self, workspace: str, run: Run) -> None:
        try:
            await self.show(workspace, run)
            begun = await self._wait_for_place(workspace, run)
            if begun is not None:
                await self._train(workspace, begun)
        except (BotStops, JobLost):
            await self._end(workspace, run, RunState.INTERRUPTED)
        except RunEnded:
            log.info("run %s ended on the way", run.id)
        except Exception as error:  # noqa: BLE001 - the edge of a run: however it fails, it has an end
            log_failure(log, f"run {run.id} failed", error)
            await self._end(workspace, run, RunState.FAILED, failure=in_words(error))

    async def tell_interrupted(self, workspace: str, run: Run) -> None:
        """Say that a run whose process died is over, keep its log, and clear away what it left."""
        await self._keep_log(workspace, run)
        await self._engine.discard(run.id)
        await self.show(workspace, run)

    async def tell_end(self, workspace: str, run: Run) -> None:
        """Say what became of a run whose process was killed after its end and before it was told."""
        await self.show(workspace, run)
        if run.state is RunState.SUCCEEDED:
            await self._lifecycle.finish(workspace, run.id)

    async def show(self, workspace: str, run: Run) -> None:
        """Let the run's message say how it is; what cannot be kept now is shown by the recovery."""
        try:
            end = await self._lifecycle.end_of(workspace, run)
            await self._messages.show_run(workspace, run, end)
            if run.state not in ACTIVE_STATES:
                async with self._store.writing(workspace) as tx:
                    await Runs(tx).note_told(run.id)
        except StoreUnavailable as error:
            log.warning("run %s could not be shown: %s", run.id, error)

    async def _wait_for_place(self, workspace: str, run: Run) -> Run | None:
        """Wait until fewer trainings run than may, in the order they were asked for; None where it does not begin."""
        while not self._stopping.is_set():
            try:
                taken = await self._maintenance.take_place(
                    run.id, owner=self.owner, lease=self._lease, limit=self._limit
                )
            except StoreUnavailable:
                log.warning("run %s keeps waiting: the database is busy", run.id)
                taken = run
            if taken is None or taken.state is RunState.RUNNING:
                return taken
            if taken.waits_for != run.waits_for:
                run = taken
                await self.show(workspace, run)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._tick)
        await self._maintenance.leave(run.id, owner=self.owner)
        return None

    async def _train(self, workspace: str, run: Run) -> None:
        heart = Heartbeat(
            self._store,
            workspace,
            run.id,
            owner=self.owner,
            lease=self._lease,
            tick=self._tick,
        )
        async with heart:
            end = await self._learn(workspace, run, heart)
        if isinstance(end, TrainingFailed):
            await self._end(workspace, run, RunState.FAILED, failure=words_for(end, run.preset))
        else:
            await self._lifecycle.finish(workspace, run.id)

    async def _learn(self, workspace: str, run: Run, heart: Heartbeat) -> Trained | TrainingFailed:
        try:
            async with self._store.reporting(workspace) as tx:
                live = await Models(tx).live(run.project_id)
                language = await Projects(tx).language(run.project_id)
                pages = Annotations(tx).gold_pages(
                    run.project_id, with_unfinished=run.with_unfinished
                )
                learned = await self._engine.write_gold(run.id, self._while_on(pages, heart))
                await give_unlabelled(tx, self._engine, run)
            job = _job(run, live, language=language)
            run = await self._begin(workspace, run, learned)
            async with self._engine.training(job, hurry=self._stopping) as events:
                try:
                    end = await self._drain(workspace, run, events, heart)
                    if isinstance(end, Trained):
                        await self._finish(workspace, run, job, end)
                finally:
                    await self._keep_log(workspace, run)
        finally:
            await self._engine.discard(run.id)
        return end

    async def _while_on(self, pages: GoldPages, heart: Heartbeat) -> GoldPages:
        """The pages, as long as the run goes on; raises BotStops and RunEnded."""
        async for page in pages:
            if self._stopping.is_set():
                raise BotStops
            if heart.lost.is_set():
                raise RunEnded
            yield page

    async def _begin(self, workspace: str, run: Run, learned: LearnedFrom) -> Run:
        try:
            async with self._store.writing(workspace) as tx:
                await AutoTrainings(tx).rebase(run.project_id)
                return await Runs(tx).begin(
                    run.id, sentences=learned.finished, fingerprint=learned.fingerprint
                )
        except NotFound:
            raise RunEnded(f"run {run.id}") from None

    async def _keep_log(self, workspace: str, run: Run) -> None:
        """Failing to store the log must not fail the run."""
        lines = await self._engine.log(run.id)
        if not lines:
            return
        try:
            async with self._store.writing(workspace) as tx:
                await Runs(tx).keep_log(run.id, lines)
        except NerbotError:
            log.warning("the log of run %s could not be kept", run.id)

    async def _drain(
        self, workspace: str, run: Run, events: AsyncIterator[TrainingEvent], heart: Heartbeat
    ) -> Trained | TrainingFailed:
        """Follow the process to its last event, and show how far it is; raises RunEnded where the lease is lost."""
        shown = 0.0
        async for event in with_ticks(
            events, stopping=self._stopping, lost=heart.lost, seconds=self._tick
        ):
            if isinstance(event, Trained | TrainingFailed):
                return event
            heart.progress = event or heart.progress
            now = asyncio.get_running_loop().time()
            if now - shown < self._tick / 2:
                continue
            shown = now
            await self.show(workspace, replace(run, progress=heart.progress))
        return PROCESS_DIED

    async def _finish(self, workspace: str, run: Run, job: TrainingJob, trained: Trained) -> None:
        """Files first, then the row that names them: a crash between the two leaves no version without files."""
        async with self._store.reading(workspace) as tx:
            version = await Models(tx).next_version(run.project_id)
        version = await self._engine.adopt(job, version)
        # Loaded before it is live: the first question does not wait, and one that cannot be loaded fails here.
        await self._engine.load(run.project_id, version)
        model = Model(run.project_id, version, trained.labels, self._clock(), trained.evaluation)
        async with self._store.writing(workspace) as tx:
            await Models(tx).add(model, run_id=run.id)
            held_back = await self._lifecycle.promote(tx, run, model, expected=job.live_version)
            ended = await Runs(tx).end(
                run.id,
                RunState.SUCCEEDED,
                evaluation=replace(trained.evaluation, held_back=held_back),
                version=version,
                went_live=held_back is None,
            )
            if ended is None:
                raise RunEnded(f"run {run.id}")
            await Suspicions(tx).replace(run.project_id, trained.suspicions)
        await self.show(workspace, ended)

    async def _end(
        self, workspace: str, run: Run, state: RunState, *, failure: str | None = None
    ) -> None:
        async with self._store.writing(workspace) as tx:
            ended = await Runs(tx).end(run.id, state, failure=failure)
        if ended is not None:
            await self.show(workspace, ended)


def _job(run: Run, live: Model | None, *, language: str) -> TrainingJob:
    return TrainingJob(
        run_id=run.id,
        project_id=run.project_id,
        preset=run.preset,
        seed=run.seed,
        live_version=live.version if live else None,
        language=language,
    )
