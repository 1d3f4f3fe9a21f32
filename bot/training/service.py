"""Training: who can begin a run, and what people ask about it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.db.database import Store
from bot.db.records.idempotency import IdempotencyRecords, once
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Project
from bot.domain.runs import MIN_FINISHED, NewRun, Run, RunReason, RunState
from bot.errors import NothingToDo, TrainingRefused
from bot.labelling.repositories.annotations import Annotations
from bot.models.repositories.models import Models
from bot.models.service import run_seen
from bot.projects.context import RequestContext
from bot.training.commands import (
    CancelTraining,
    RunActive,
    RunCancelled,
    RunPage,
    RunStarted,
    StartTraining,
    TrainingHistory,
    TrainingState,
    TrainingStatus,
    Whereabouts,
)
from bot.training.readiness import project_of, usual_preset, what_is_missing
from bot.training.repositories.auto_training import AutoTrainings
from bot.training.repositories.schedules import Schedules
from bot.training.run_starter import RunStarter

RUNS_A_PAGE = 8
_OVER = "This training has already finished. /train starts a new one."

_STARTED: JsonForm[RunStarted | RunActive] = JsonForm(RunStarted | RunActive)
_CANCELLED: JsonForm[RunCancelled] = JsonForm(RunCancelled)


class Training:
    """Does what a person asks with /train about the runs of a project."""

    def __init__(
        self,
        store: Store,
        starter: RunStarter,
        *,
        whereabouts: Callable[[str, Run], Awaitable[Whereabouts]],
        timezone: str,
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._owners = owners
        self._whereabouts = whereabouts
        self._store = store
        self._starter = starter
        self._timezone = timezone

    async def start(self, caller: Caller, command: StartTraining) -> RunStarted | RunActive:
        """Begin a run, unless one is on its way; raises TrainingRefused where too little is finished."""
        project = await project_of(self._store, caller)
        # Counting may take a while in a large project: it does not hold up those who write.
        async with self._store.reading(caller.workspace) as tx:
            answered = await IdempotencyRecords(tx).get(caller.request, _STARTED) is not None
            active = await Runs(tx).active(project.id)
            last = await Runs(tx).last(project.id)
            missing = None if active or answered else await what_is_missing(tx, project.id)
            usual = await usual_preset(tx, project.id)
        if missing:
            raise TrainingRefused(missing)
        new, begun = _asked_for(caller, project, command, last, usual), list[Run]()
        async with self._store.writing(caller.workspace) as tx:
            answer = await once(tx, caller.request, _STARTED, lambda: self._claim(tx, new, begun))
        for run in begun:
            self._starter.start(caller.workspace, run)
        if isinstance(answer, RunActive):
            return answer
        return replace(answer, told=await self._whereabouts(caller.workspace, answer.run))

    async def _claim(
        self, tx: Transaction, new: NewRun, begun: list[Run]
    ) -> RunStarted | RunActive:
        """What is answered; a run that began with it is added to `begun`."""
        run = await self._starter.claim(tx, new)
        if run is not None:
            begun.append(run)
            return RunStarted(run)
        active = await Runs(tx).active(new.project_id)
        if active is None:
            raise TrainingRefused(
                "Another training started first and has already finished. /train status shows it."
            )
        return RunActive(active)

    async def status(self, caller: Caller, _command: TrainingStatus) -> TrainingState:
        """How things stand."""
        project = await project_of(self._store, caller)
        async with self._store.reading(caller.workspace) as tx:
            return TrainingState(
                counts=await Annotations(tx).counts(project.id),
                needed=MIN_FINISHED,
                active=await Runs(tx).active(project.id),
                last=await Runs(tx).last(project.id),
                live=await Models(tx).live(project.id),
                schedule=await Schedules(tx).of(project.id),
                auto=await AutoTrainings(tx).of(project.id),
            )

    async def history(self, caller: Caller, command: TrainingHistory) -> RunPage:
        """The runs there were, a page of them."""
        project = await project_of(self._store, caller)
        async with self._store.reading(caller.workspace) as tx:
            last = await Runs(tx).last(project.id)
            runs = await Runs(tx).page(project.id, up_to=command.up_to, size=RUNS_A_PAGE)
        return RunPage(runs, last.number if last else 0, RUNS_A_PAGE, self._timezone)

    async def cancel(self, caller: Caller, command: CancelTraining) -> RunCancelled:
        """End the run's row; the process that trains sees within two seconds that the run is over, and stops."""
        project, cancelled = await project_of(self._store, caller), list[Run]()

        async def work() -> RunCancelled:
            # A button names its run: its message may be read where the channel's project is another one.
            run_id = command.run_id
            run = await (run_seen(tx, caller, run_id) if run_id else Runs(tx).active(project.id))
            if run is None:
                raise NothingToDo(_OVER if run_id else "No training is running.")
            context = RequestContext(tx, project, caller, self._owners)
            await context.require_behind(run.person, "stop a training of somebody else")
            ended = await Runs(tx).end(run.id, RunState.CANCELLED, cancelled_by=caller.person)
            if ended is None:
                raise NothingToDo(_OVER)
            cancelled.append(ended)
            return RunCancelled(ended)

        async with self._store.writing(caller.workspace) as tx:
            answer = await once(tx, caller.request, _CANCELLED, work)
        for run in cancelled:
            self._starter.show(caller.workspace, run)
        return answer


def _asked_for(
    caller: Caller, project: Project, command: StartTraining, last: Run | None, usual: str
) -> NewRun:
    return NewRun(
        project_id=project.id,
        reason=RunReason.COMMAND,
        preset=command.preset or usual,
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
