"""What becomes of trainings whose process is gone, and of what they left behind."""

import time

from bot.db.database import Store
from bot.domain.runs import NewRun, Run, RunReason
from bot.engine.ports import Engine
from bot.jobs.lease_watch import LeaseWatch, Monotonic
from bot.training.repositories.maintenance import MaintenanceRepository, Sign
from bot.training.run_executor import LEASE, RunExecutor
from bot.training.run_starter import RunStarter

ATTEMPTS = 3


class RunRecovery:
    """Looked after every few seconds, over all workspaces."""

    def __init__(
        self,
        store: Store,
        maintenance: MaintenanceRepository,
        executor: RunExecutor,
        starter: RunStarter,
        engine: Engine,
        *,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._store = store
        self._maintenance = maintenance
        self._executor = executor
        self._starter = starter
        self._engine = engine
        self._watch = LeaseWatch[int, Sign](lease=LEASE.total_seconds(), monotonic=monotonic)

    async def recover(self) -> None:
        """Say what was cut off or not told and try it again, go on with what waited, clear away."""
        signs = await self._maintenance.signs()
        # What this process is at it ends itself, however late its own heartbeat may be.
        over = self._watch.look(
            {run_id: sign for run_id, sign in signs.items() if not self._executor.carries(run_id)}
        )
        for workspace, run in await self._maintenance.interrupt_stale(over):
            await self._executor.tell_interrupted(workspace, run)
        for workspace, run in await self._maintenance.untold():
            if not self._executor.carries(run.id):
                await self._executor.tell_end(workspace, run)
        for workspace, run in await self._maintenance.retriable(attempts=ATTEMPTS):
            await self._try_again(workspace, run)
        taken = await self._maintenance.take_over(over, owner=self._executor.owner, lease=LEASE)
        for workspace, run in taken:
            self._starter.start(workspace, run)
        await self._clear_away()

    async def _try_again(self, workspace: str, run: Run) -> None:
        async with self._store.writing(workspace) as tx:
            again = await self._starter.claim(tx, _again(run))
        if again is not None:
            self._starter.start(workspace, again)

    async def _clear_away(self) -> None:
        """The files of runs that are over: a kill between the end of a run and that of its process leaves some."""
        left = await self._engine.leftovers()
        if left:
            for run_id in left - await self._maintenance.active_ids():
                await self._engine.discard(run_id)


def _again(run: Run) -> NewRun:
    return NewRun(
        project_id=run.project_id,
        reason=RunReason.RETRY,
        preset=run.preset,
        person=run.person,
        channel=run.channel,
        seed=run.seed,
        attempt=run.attempt + 1,
        retry_of=run.id,
        with_unfinished=run.with_unfinished,
        message=run.message,
        message_channel=run.message_channel,
    )
