"""What becomes of trainings whose process is gone, and of what they left behind."""

from bot.db.store import Store
from bot.digests.service import DigestService
from bot.domain.runs import NewRun, Run, RunReason
from bot.engine.ports import Engine
from bot.training.ports import Starter
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.training.run_executor import LEASE, Conductor
from bot.training.scheduling import Timetable

ATTEMPTS = 3


class Aftercare:
    """Looked after every few seconds, over all workspaces."""

    def __init__(
        self,
        store: Store,
        caretaker: MaintenanceRepository,
        conductor: Conductor,
        starter: Starter,
        timetable: Timetable,
        engine: Engine,
        digests: DigestService,
    ) -> None:
        self._digests = digests
        self._store = store
        self._caretaker = caretaker
        self._conductor = conductor
        self._starter = starter
        self._timetable = timetable
        self._engine = engine

    async def look_after(self) -> None:
        """Say what was cut off and try it again, go on with what waited, clear away, begin what is due by number."""
        for workspace, run in await self._caretaker.interrupt_stale():
            await self._conductor.tell_interrupted(workspace, run)
        for workspace, run in await self._caretaker.retriable(attempts=ATTEMPTS):
            await self._try_again(workspace, run)
        taken = await self._caretaker.take_over(owner=self._conductor.owner, lease=LEASE)
        for workspace, run in taken:
            self._starter.conduct(workspace, run)
        await self._clear_away()
        await self._digests.tell_what_is_due()
        for workspace, auto in await self._caretaker.autos_due():
            await self._timetable.run_auto(workspace, auto)

    async def _try_again(self, workspace: str, run: Run) -> None:
        async with self._store.writing(workspace) as tx:
            again = await self._starter.claim(tx, _again(run))
        if again is not None:
            self._starter.conduct(workspace, again)

    async def _clear_away(self) -> None:
        """The files of runs that are over: a kill between the end of a run and that of its process leaves some."""
        left = await self._engine.leftovers()
        if left:
            for run_id in left - await self._caretaker.active_ids():
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
