"""When a project trains automatically: by the clock, and after so many newly finished sentences."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Project
from bot.domain.runs import NewRun, Run, RunReason
from bot.jobs import calendar
from bot.labelling.repositories.annotations import Annotations
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.team.timezones import TimeZones
from bot.training.commands import (
    AutoTraining,
    AutoTrainingOff,
    AutoTrainingRemoved,
    AutoTrainingSet,
    ChooseZone,
    ComingTrainings,
    Schedule,
    ScheduleAsked,
    ScheduleOff,
    ScheduleRemoved,
    ScheduleSet,
    SetAutoTraining,
    SetSchedule,
    TrainingTimes,
    ZoneShown,
)
from bot.training.readiness import fingerprint_of, project_of, usual_preset, what_is_missing
from bot.training.repositories.auto_training import AutoTrainings
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.training.repositories.schedules import Schedules
from bot.training.run_starter import RunStarter
from bot.training.schedule_parsing import names_zone

A = TypeVar("A")

_SCHEDULE_SET: JsonForm[ScheduleSet] = JsonForm(ScheduleSet)
_SCHEDULE_REMOVED: JsonForm[ScheduleRemoved] = JsonForm(ScheduleRemoved)
_AUTO_SET: JsonForm[AutoTrainingSet] = JsonForm(AutoTrainingSet)
_AUTO_REMOVED: JsonForm[AutoTrainingRemoved] = JsonForm(AutoTrainingRemoved)

TIMES_TOLD = 5
OFTEN = timedelta(hours=1)
"""A schedule that trains more often asks first."""
LOOKED_BACK = timedelta(days=2)


class NotNow(Exception):
    """A training cannot begin after all; what was written on the way to it is undone."""


class TrainingSchedules:
    """Sets schedules and numbers of sentences, and begins the trainings they call for."""

    def __init__(
        self,
        store: Store,
        maintenance: MaintenanceRepository,
        starter: RunStarter,
        zones: TimeZones,
        *,
        owners: frozenset[str],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._maintenance = maintenance
        self._starter = starter
        self._owners = owners
        self._clock = clock
        self._zones = zones

    async def set_schedule(
        self, caller: Caller, wanted: SetSchedule
    ) -> ScheduleSet | ScheduleAsked:
        """Train by the clock from now on; more often than hourly only where that is meant."""
        read_in, now = await self._zones.of(caller, wanted.timezone), self._clock()
        next_due = calendar.next_due(wanted.cron, read_in.zone, now)
        gap = calendar.shortest_gap(wanted.cron, read_in.zone, now)
        if gap < OFTEN and not wanted.often:
            return ScheduleAsked(
                wanted.words, wanted.cron, read_in.zone, round(gap.total_seconds() / 60)
            )

        async def put(tx: Transaction, project: Project) -> ScheduleSet:
            await self._require(tx, project, caller)
            schedule = await Schedules(tx).put(
                project.id,
                wanted,
                timezone=read_in.zone,
                person=caller.person,
                channel=caller.channel,
                next_due=next_due,
            )
            return ScheduleSet(schedule, read_in.assumed)

        return await self._change(caller, _SCHEDULE_SET, put)

    async def choose_zone(self, caller: Caller, command: ChooseZone) -> ZoneShown:
        """Read the person's times in this zone from now on, that of the schedule they set here, too, unless it
        names a zone of its own."""
        if command.zone is None:
            read_in = await self._zones.of(caller)
            return ZoneShown(read_in.zone, read_in.assumed)
        zone, now = command.zone, self._clock()
        async with self._store.writing(caller.workspace) as tx:
            await self._zones.choose(tx, caller, zone)
            project = await Access(tx).of(caller)
            there = await Schedules(tx).of(project.id) if project else None
            if project is None or there is None or there.person != caller.person:
                return ZoneShown(zone)
            if names_zone(there.words):
                return ZoneShown(zone)
            if there.timezone != zone:
                next_due = calendar.next_due(there.cron, zone, now)
                await Schedules(tx).move(there.id, timezone=zone, next_due=next_due)
                there = replace(there, timezone=zone, next_due=next_due)
        return ZoneShown(zone, schedule=there)

    async def schedule_off(self, caller: Caller, _command: ScheduleOff) -> ScheduleRemoved:
        """No longer train by the clock."""

        async def off(tx: Transaction, project: Project) -> ScheduleRemoved:
            there = await Schedules(tx).of(project.id)
            await self._require(tx, project, caller, behind=there.person if there else None)
            return ScheduleRemoved(await Schedules(tx).off(project.id))

        return await self._change(caller, _SCHEDULE_REMOVED, off)

    async def set_auto(self, caller: Caller, wanted: SetAutoTraining) -> AutoTrainingSet:
        """Train after so many newly finished sentences from now on."""

        async def put(tx: Transaction, project: Project) -> AutoTrainingSet:
            await self._require(tx, project, caller)
            auto = await AutoTrainings(tx).put(
                project.id, every=wanted.every, person=caller.person, channel=caller.channel
            )
            return AutoTrainingSet(auto)

        return await self._change(caller, _AUTO_SET, put)

    async def auto_off(self, caller: Caller, _command: AutoTrainingOff) -> AutoTrainingRemoved:
        """No longer train by the number of sentences."""

        async def off(tx: Transaction, project: Project) -> AutoTrainingRemoved:
            there = await AutoTrainings(tx).of(project.id)
            await self._require(tx, project, caller, behind=there.person if there else None)
            return AutoTrainingRemoved(await AutoTrainings(tx).off(project.id))

        return await self._change(caller, _AUTO_REMOVED, off)

    async def _change(
        self,
        caller: Caller,
        form: JsonForm[A],
        work: Callable[[Transaction, Project], Awaitable[A]],
    ) -> A:
        """Change, once for each request, when the channel's project trains."""
        async with self._store.writing(caller.workspace) as tx:

            async def change() -> A:
                return await work(tx, await Access(tx).ensure(caller))

            return await once(tx, caller.request, form, change)

    async def _require(
        self, tx: Transaction, project: Project, caller: Caller, *, behind: str | None = None
    ) -> None:
        """An owner, or whoever is behind what is ended."""
        context = RequestContext(tx, project, caller, self._owners)
        await context.require_behind(behind, "change when trainings begin")

    async def coming(self, caller: Caller, _command: TrainingTimes) -> ComingTrainings:
        """When the project trains next."""
        project = await project_of(self._store, caller)
        async with self._store.reading(caller.workspace) as tx:
            schedule = await Schedules(tx).of(project.id)
            same_as = await self._same_as(tx, project.id) if schedule else None
            auto = await AutoTrainings(tx).of(project.id)
        times = tuple(self._times(schedule)) if schedule else ()
        return ComingTrainings(schedule, times, auto, same_as)

    def _times(self, schedule: Schedule) -> list[datetime]:
        times = [schedule.next_due]
        while len(times) < TIMES_TOLD:
            times.append(calendar.next_due(schedule.cron, schedule.timezone, times[-1]))
        return times

    async def run_scheduled(self, workspace: str, schedule: Schedule) -> Run | None:
        """Begin the run of a slot that is due.

        None where another process did, a training is on, too little is finished, or a training has learned from the
        very same already. Of the slots missed while nerbot was down the latest is caught up: the next due time is
        counted from now.
        """
        now, due = self._clock(), schedule.next_due
        next_due = calendar.next_due(schedule.cron, schedule.timezone, now)
        slot = self._latest(schedule, now)
        async with self._store.reading(workspace) as tx:
            left_out = await what_is_missing(tx, schedule.project_id) or await self._same_as(
                tx, schedule.project_id
            )
        async with self._store.writing(workspace) as tx:
            moved = await Schedules(tx).advance(schedule.id, due=due, next_due=next_due)
            if not moved or left_out:
                return None
            run = await self._starter.claim(
                tx,
                NewRun(
                    project_id=schedule.project_id,
                    reason=RunReason.SCHEDULE,
                    preset=await usual_preset(tx, schedule.project_id),
                    person=schedule.person,
                    channel=schedule.channel,
                    schedule_id=schedule.id,
                    slot=slot,
                ),
            )
        if run is not None:
            self._starter.start(workspace, run)
        return run

    def _latest(self, schedule: Schedule, now: datetime) -> datetime:
        """The latest slot that is due, as far as two days back; else the one that is noted."""
        latest = schedule.next_due
        slot = max(latest, now - LOOKED_BACK)
        while (slot := calendar.next_due(schedule.cron, schedule.timezone, slot)) <= now:
            latest = slot
        return latest

    async def _same_as(self, tx: Transaction, project_id: int) -> Run | None:
        """The training that learned from exactly what is finished now."""
        data = await fingerprint_of(Annotations(tx).gold_pages(project_id))
        return await Runs(tx).of_data(project_id, data)

    async def set_right(self, workspace: str, schedule: Schedule) -> None:
        """Bring the next due time back to the coming one, after a clock that was ahead was set back.

        A slot that has had its run does not get another: the slot is a unique key.
        """
        next_due = calendar.next_due(schedule.cron, schedule.timezone, self._clock())
        if next_due < schedule.next_due:
            async with self._store.writing(workspace) as tx:
                await Schedules(tx).advance(schedule.id, due=schedule.next_due, next_due=next_due)

    async def begin_auto_trainings(self) -> None:
        """Begin the trainings for which enough sentences were newly finished, in all workspaces."""
        for workspace, auto in await self._maintenance.auto_trainings_due():
            await self._run_auto(workspace, auto)

    async def _run_auto(self, workspace: str, auto: AutoTraining) -> Run | None:
        """Begin a training for the sentences that were newly finished; None where another process did, one is on, or
        too little is finished."""
        if auto.finished < auto.base:
            async with self._store.writing(workspace) as tx:
                await AutoTrainings(tx).rebase(auto.project_id)
            return None
        async with self._store.reading(workspace) as tx:
            if await Runs(tx).active(auto.project_id):
                return None
            if await what_is_missing(tx, auto.project_id):
                return None
        try:
            run = await self._claim_auto(workspace, auto)
        except NotNow:
            return None
        self._starter.start(workspace, run)
        return run

    async def _claim_auto(self, workspace: str, auto: AutoTraining) -> Run:
        async with self._store.writing(workspace) as tx:
            if not await AutoTrainings(tx).spend(auto.id, base=auto.base):
                raise NotNow
            run = await self._starter.claim(
                tx,
                NewRun(
                    project_id=auto.project_id,
                    reason=RunReason.AUTO,
                    preset=await usual_preset(tx, auto.project_id),
                    person=auto.person,
                    channel=auto.channel,
                ),
            )
            if run is None:
                raise NotNow
        return run
