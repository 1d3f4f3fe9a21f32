"""Training: who may begin a run, and what people ask about it."""

from bot.db.records.runs import Runs
from bot.db.store import Store
from bot.db.transaction import Transaction
from bot.digests.commands import DigestOff, DigestState, SetDigest
from bot.digests.service import DigestService
from bot.domain.project import Caller, Project
from bot.domain.runs import MIN_FINISHED, NewRun, Run, RunReason, RunState
from bot.errors import NothingToDo, TrainingRefused
from bot.jobs.background import Background
from bot.labelling.repositories.annotations import Annotations
from bot.models.repository import Models
from bot.projects.repositories.projects import Projects
from bot.training.commands import (
    CancelTraining,
    RunActive,
    RunCancelled,
    RunPage,
    RunStarted,
    StartTraining,
    TrainAnswer,
    TrainCommand,
    TrainingHistory,
    TrainingState,
    TrainingStatus,
)
from bot.training.readiness import what_is_missing
from bot.training.repositories.auto_training import Autos
from bot.training.repositories.schedules import Schedules
from bot.training.run_executor import LEASE, Conductor
from bot.training.scheduling import Timetable
from ner_engine.recipes import DEFAULT_PRESET

RUNS_A_PAGE = 8


class RunStarter:
    """Implements `ports.Starter`: queues runs as this process's own and carries them out beside all else."""

    def __init__(self, conductor: Conductor, background: Background) -> None:
        self._conductor = conductor
        self._background = background

    async def claim(self, tx: Transaction, new: NewRun) -> Run | None:
        """Queue a run; None where the unique keys of the table say that it is another's."""
        return await Runs(tx).claim(new, owner=self._conductor.owner, lease=LEASE)

    def conduct(self, workspace: str, run: Run) -> None:
        """Carry it out from now on."""
        self._background.start(self._conductor.conduct(workspace, run), name=f"run {run.id}")

    def show(self, workspace: str, run: Run) -> None:
        """Bring its message up to date."""
        self._background.start(self._show(workspace, run), name=f"show run {run.id}")

    async def _show(self, workspace: str, run: Run) -> None:
        await self._conductor.show(workspace, run)


class Training:
    """Does what a person asks with /train."""

    def __init__(
        self, store: Store, starter: RunStarter, timetable: Timetable, digests: DigestService
    ) -> None:
        self._store = store
        self._digests = digests
        self._starter = starter
        self._timetable = timetable

    async def handle(self, caller: Caller, command: TrainCommand) -> TrainAnswer:
        """Carry out one command; raises PersonError where it cannot be done as asked."""
        project = await self._project(caller)
        match command:
            case StartTraining():
                return await self._start(caller, project, command)
            case TrainingStatus():
                return await self._status(caller, project)
            case CancelTraining(run_id):
                return await self._cancel(caller, project, run_id)
            case TrainingHistory(up_to):
                return await self._history(caller, project, up_to)
            case SetDigest() | DigestOff() | DigestState():
                return await self._digests.handle(caller, project, command)
        return await self._timetable.handle(caller, project, command)

    async def _project(self, caller: Caller) -> Project:
        async with self._store.reading(caller.workspace) as tx:
            project = await Projects(tx).of_channel(caller.room)
        if project is not None:
            return project
        async with self._store.writing(caller.workspace) as tx:
            return await Projects(tx).ensure(caller.room)

    async def _start(
        self, caller: Caller, project: Project, command: StartTraining
    ) -> RunStarted | RunActive:
        # Counting may take a while in a large project: it does not hold up those who write.
        async with self._store.reading(caller.workspace) as tx:
            before = await Runs(tx).of_request(caller.request)
            active = await Runs(tx).active(project.id)
            last = await Runs(tx).last(project.id)
            missing = None if active else await what_is_missing(tx, project.id)
        if before is not None:
            return RunStarted(before)  # the same request once more
        if active is not None:
            return RunActive(active)
        if missing:
            raise TrainingRefused(missing)
        async with self._store.writing(caller.workspace) as tx:
            run = await self._starter.claim(tx, _asked_for(caller, project, command, last))
            active = run or await Runs(tx).active(project.id)
        if run is not None:
            self._starter.conduct(caller.workspace, run)
            return RunStarted(run)
        if active is not None:
            return RunActive(active)
        raise TrainingRefused("Another training was faster, and is over. /train status shows it.")

    async def _status(self, caller: Caller, project: Project) -> TrainingState:
        async with self._store.reading(caller.workspace) as tx:
            return TrainingState(
                counts=await Annotations(tx).counts(project.id),
                needed=MIN_FINISHED,
                active=await Runs(tx).active(project.id),
                last=await Runs(tx).last(project.id),
                live=await Models(tx).live(project.id),
                schedule=await Schedules(tx).of(project.id),
                auto=await Autos(tx).of(project.id),
            )

    async def _history(self, caller: Caller, project: Project, up_to: int | None) -> RunPage:
        async with self._store.reading(caller.workspace) as tx:
            last = await Runs(tx).last(project.id)
            runs = await Runs(tx).page(project.id, up_to=up_to, size=RUNS_A_PAGE)
        return RunPage(runs, last.number if last else 0, RUNS_A_PAGE, self._timetable.timezone)

    async def _cancel(self, caller: Caller, project: Project, run_id: int | None) -> RunCancelled:
        """End the run's row; the process that trains sees within two seconds that the run is over, and stops."""
        async with self._store.writing(caller.workspace) as tx:
            # A button names its run: its message may be read where the channel's project is another one.
            run = await (Runs(tx).get(run_id) if run_id else Runs(tx).active(project.id))
            if run is None:
                raise NothingToDo("This training is over already. /train starts a new one.")
            ended = await Runs(tx).end(run.id, RunState.CANCELLED)
        if ended is None:
            raise NothingToDo("This training is over already. /train starts a new one.")
        self._starter.show(caller.workspace, ended)
        return RunCancelled(ended)


def _asked_for(
    caller: Caller, project: Project, command: StartTraining, last: Run | None
) -> NewRun:
    return NewRun(
        project_id=project.id,
        reason=RunReason.COMMAND,
        preset=command.preset or DEFAULT_PRESET,
        person=caller.person,
        channel=caller.channel,
        seed=_seed_after(last),
        with_unfinished=command.with_unfinished,
        request=caller.request,
    )


def _seed_after(last: Run | None) -> int:
    """The seed of the run before, so that models differ by their data; another one after a failure."""
    if last is None:
        return 0
    return last.seed + 1 if last.state is RunState.FAILED else last.seed
