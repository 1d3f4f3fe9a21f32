"""Training: who may begin a run and when, what people ask about it, and what becomes of runs that were cut off."""

from collections.abc import Callable
from datetime import datetime

from bot.domain import (
    MIN_FINISHED,
    Caller,
    CancelTraining,
    NewRun,
    Project,
    ProjectCounts,
    Run,
    RunActive,
    RunCancelled,
    RunReason,
    RunStarted,
    RunState,
    Schedule,
    ScheduleOff,
    ScheduleRemoved,
    ScheduleSet,
    SetSchedule,
    StartTraining,
    TrainAnswer,
    TrainCommand,
    TrainingState,
    TrainingStatus,
)
from bot.errors import NothingToDo, TrainingRefused
from bot.services.background import Background
from bot.services.ports import Calendar, Caretaker, Store, Work
from bot.services.runs import LEASE, Conductor

DEFAULT_PRESET = "encoder"
ATTEMPTS = 3


class Training:
    """Does what a person or a schedule asks with /train."""

    def __init__(
        self,
        store: Store,
        caretaker: Caretaker,
        conductor: Conductor,
        calendar: Calendar,
        background: Background,
        *,
        timezone: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._caretaker = caretaker
        self._conductor = conductor
        self._calendar = calendar
        self._background = background
        self._timezone = timezone
        self._clock = clock

    async def handle(self, caller: Caller, command: TrainCommand) -> TrainAnswer:
        """Carry out one command; raises PersonError where it cannot be done as asked."""
        match command:
            case StartTraining():
                return await self._start(caller, command)
            case TrainingStatus():
                return await self._status(caller)
            case CancelTraining():
                return await self._cancel(caller, command)
            case SetSchedule():
                return await self._set_schedule(caller, command)
            case ScheduleOff():
                return await self._schedule_off(caller)

    async def _start(self, caller: Caller, command: StartTraining) -> RunStarted | RunActive:
        project = await self._project(caller)
        # Counting may take a while in a large project: it does not hold up those who write.
        async with self._store.reading(caller.workspace) as work:
            active = await work.runs.active(project.id)
            missing = None if active else await _what_is_missing(work, project.id)
        if active is not None:
            return RunActive(active)
        if missing:
            raise TrainingRefused(missing)
        async with self._store.writing(caller.workspace) as work:
            run = await self._claim(
                work,
                NewRun(
                    project_id=project.id,
                    reason=RunReason.COMMAND,
                    preset=command.preset or DEFAULT_PRESET,
                    person=caller.person,
                    channel=caller.channel,
                    with_unfinished=command.with_unfinished,
                ),
            )
        if run is None:
            raise TrainingRefused(
                "Another training began at this very moment. /train status shows it."
            )
        self._conduct(caller.workspace, run)
        return RunStarted(run)

    async def _project(self, caller: Caller) -> Project:
        async with self._store.reading(caller.workspace) as work:
            project = await work.projects.of_channel(caller.channel)
        if project is not None:
            return project
        async with self._store.writing(caller.workspace) as work:
            return await work.projects.ensure(caller.channel)

    async def _claim(self, work: Work, new: NewRun) -> Run | None:
        return await work.runs.claim(new, owner=self._conductor.owner, lease=LEASE)

    def _conduct(self, workspace: str, run: Run) -> None:
        self._background.start(self._conductor.conduct(workspace, run), name=f"run {run.id}")

    async def _status(self, caller: Caller) -> TrainingState:
        project = await self._project(caller)
        async with self._store.reading(caller.workspace) as work:
            return TrainingState(
                counts=await work.annotations.counts(project.id),
                needed=MIN_FINISHED,
                active=await work.runs.active(project.id),
                last=await work.runs.last(project.id),
                live=await work.models.live(project.id),
                schedule=await work.schedules.of(project.id),
            )

    async def _cancel(self, caller: Caller, command: CancelTraining) -> RunCancelled:
        """End the run's row; the process that trains sees within two seconds that the run is over, and stops."""
        async with self._store.writing(caller.workspace) as work:
            project = await work.projects.ensure(caller.channel)
            run = await work.runs.active(project.id)
            if run is None or command.run_id not in {None, run.id}:
                raise NothingToDo("This training is over already. /train starts a new one.")
            ended = await work.runs.end(run.id, RunState.CANCELLED)
        if ended is None:
            raise NothingToDo("This training is over already. /train starts a new one.")
        self._background.start(self._show(caller.workspace, ended), name=f"show run {ended.id}")
        return RunCancelled(ended)

    async def _show(self, workspace: str, run: Run) -> None:
        await self._conductor.show(workspace, run)

    # schedules

    async def _set_schedule(self, caller: Caller, wanted: SetSchedule) -> ScheduleSet:
        timezone = wanted.timezone or self._timezone
        next_due = self._calendar.next_due(wanted.cron, timezone, self._clock())
        async with self._store.writing(caller.workspace) as work:
            project = await work.projects.ensure(caller.channel)
            schedule = await work.schedules.put(
                project.id,
                wanted,
                timezone=timezone,
                person=caller.person,
                channel=caller.channel,
                next_due=next_due,
            )
        return ScheduleSet(schedule)

    async def _schedule_off(self, caller: Caller) -> ScheduleRemoved:
        async with self._store.writing(caller.workspace) as work:
            project = await work.projects.ensure(caller.channel)
            return ScheduleRemoved(await work.schedules.off(project.id))

    async def run_scheduled(self, workspace: str, schedule: Schedule) -> Run | None:
        """Begin the run of a slot that is due; None where another did, a run is on, or too little is there.

        Slots missed while nerbot was down are caught up once: the next due time is counted from now.
        """
        next_due = self._calendar.next_due(schedule.cron, schedule.timezone, self._clock())
        due = schedule.next_due
        async with self._store.reading(workspace) as work:
            missing = await _what_is_missing(work, schedule.project_id)
        async with self._store.writing(workspace) as work:
            if not await work.schedules.advance(schedule.id, due=due, next_due=next_due) or missing:
                return None
            run = await self._claim(
                work,
                NewRun(
                    project_id=schedule.project_id,
                    reason=RunReason.SCHEDULE,
                    preset=DEFAULT_PRESET,
                    person=schedule.person,
                    channel=schedule.channel,
                    schedule_id=schedule.id,
                    slot=due,
                ),
            )
        if run is not None:
            self._conduct(workspace, run)
        return run

    # runs that were cut off

    async def look_after(self) -> None:
        """Say what became of runs whose process died, and try them again (three attempts in all)."""
        for workspace, run in await self._caretaker.interrupt_stale():
            await self._conductor.tell_interrupted(workspace, run)
        for workspace, run in await self._caretaker.retriable(attempts=ATTEMPTS):
            async with self._store.writing(workspace) as work:
                again = await self._claim(work, _again(run))
            if again is not None:
                self._conduct(workspace, again)


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
    )


async def _what_is_missing(work: Work, project_id: int) -> str | None:
    """What a training still needs, in words with the next step; None where there is enough."""
    counts = await work.annotations.counts(project_id)
    if counts.finished < MIN_FINISHED:
        return " ".join(_too_few(counts.finished, counts))
    if not counts.spans_per_label:
        return (
            f"None of the {counts.finished} finished sentences has a labelled phrase, so there is nothing to learn. "
            "Label one: /label SYMPTOM chest pain"
        )
    return None


def _too_few(finished: int, counts: ProjectCounts) -> list[str]:
    so_far = f"{finished or 'none'} {'is' if finished == 1 else 'are'} finished so far."
    words = [f"A training needs at least {MIN_FINISHED} finished sentences; {so_far}"]
    if counts.unfinished:
        words.append(
            f"{counts.unfinished} more {'has' if counts.unfinished == 1 else 'have'} labels and wait for [Finished] "
            "(or /label done)."
        )
    if counts.disputed:
        words.append(f"On {counts.disputed} people disagree, so they are left out.")
    words.append("Type /label for the next sentence.")
    return words
