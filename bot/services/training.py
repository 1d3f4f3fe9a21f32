"""Training: who may begin a run, and what people ask about it."""

from bot.domain import (
    MIN_FINISHED,
    Caller,
    CancelTraining,
    DigestOff,
    DigestState,
    NewRun,
    Project,
    Run,
    RunActive,
    RunCancelled,
    RunPage,
    RunReason,
    RunStarted,
    RunState,
    SetDigest,
    StartTraining,
    TrainAnswer,
    TrainCommand,
    TrainingHistory,
    TrainingState,
    TrainingStatus,
)
from bot.errors import NothingToDo, TrainingRefused
from bot.services.background import Background
from bot.services.digests import Digests
from bot.services.ports import Store, Work
from bot.services.readiness import what_is_missing
from bot.services.runs import LEASE, Conductor
from bot.services.timetable import Timetable
from ner_engine.recipes import DEFAULT_PRESET

RUNS_A_PAGE = 8


class RunStarter:
    """Implements `ports.Starter`: queues runs as this process's own and carries them out beside all else."""

    def __init__(self, conductor: Conductor, background: Background) -> None:
        self._conductor = conductor
        self._background = background

    async def claim(self, work: Work, new: NewRun) -> Run | None:
        """Queue a run; None where the unique keys of the table say that it is another's."""
        return await work.runs.claim(new, owner=self._conductor.owner, lease=LEASE)

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
        self, store: Store, starter: RunStarter, timetable: Timetable, digests: Digests
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
        async with self._store.reading(caller.workspace) as work:
            project = await work.projects.of_channel(caller.room)
        if project is not None:
            return project
        async with self._store.writing(caller.workspace) as work:
            return await work.projects.ensure(caller.room)

    async def _start(
        self, caller: Caller, project: Project, command: StartTraining
    ) -> RunStarted | RunActive:
        # Counting may take a while in a large project: it does not hold up those who write.
        async with self._store.reading(caller.workspace) as work:
            before = await work.runs.of_request(caller.request)
            active = await work.runs.active(project.id)
            last = await work.runs.last(project.id)
            missing = None if active else await what_is_missing(work, project.id)
        if before is not None:
            return RunStarted(before)  # the same request once more
        if active is not None:
            return RunActive(active)
        if missing:
            raise TrainingRefused(missing)
        async with self._store.writing(caller.workspace) as work:
            run = await self._starter.claim(work, _asked_for(caller, project, command, last))
            active = run or await work.runs.active(project.id)
        if run is not None:
            self._starter.conduct(caller.workspace, run)
            return RunStarted(run)
        if active is not None:
            return RunActive(active)
        raise TrainingRefused("Another training was faster, and is over. /train status shows it.")

    async def _status(self, caller: Caller, project: Project) -> TrainingState:
        async with self._store.reading(caller.workspace) as work:
            return TrainingState(
                counts=await work.annotations.counts(project.id),
                needed=MIN_FINISHED,
                active=await work.runs.active(project.id),
                last=await work.runs.last(project.id),
                live=await work.models.live(project.id),
                schedule=await work.schedules.of(project.id),
                auto=await work.autos.of(project.id),
            )

    async def _history(self, caller: Caller, project: Project, up_to: int | None) -> RunPage:
        async with self._store.reading(caller.workspace) as work:
            last = await work.runs.last(project.id)
            runs = await work.runs.page(project.id, up_to=up_to, size=RUNS_A_PAGE)
        return RunPage(runs, last.number if last else 0, RUNS_A_PAGE, self._timetable.timezone)

    async def _cancel(self, caller: Caller, project: Project, run_id: int | None) -> RunCancelled:
        """End the run's row; the process that trains sees within two seconds that the run is over, and stops."""
        async with self._store.writing(caller.workspace) as work:
            # A button names its run: its message may be read where the channel's project is another one.
            run = await (work.runs.get(run_id) if run_id else work.runs.active(project.id))
            if run is None:
                raise NothingToDo("This training is over already. /train starts a new one.")
            ended = await work.runs.end(run.id, RunState.CANCELLED)
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
