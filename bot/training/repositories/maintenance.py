"""What a process looks after in all workspaces that it serves: ids and times, no texts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.db.records import runs
from bot.db.served import EVERY_WORKSPACE, Served
from bot.db.tables.projects import project
from bot.db.tables.training import auto, run, schedule
from bot.db.transaction import Clock
from bot.domain.fair_order import Waiting, contend, fair_order
from bot.domain.runs import Run, RunState
from bot.training.commands import AutoTraining, Schedule
from bot.training.repositories import auto_training as autos
from bot.training.repositories import schedules

_LOCK = 0x7475726E  # on PostgreSQL trainings take their places one after the other


class Sign(NamedTuple):
    """A sign of life of a run: every heartbeat changes it."""

    owner: str
    lease_until: datetime


class MaintenanceRepository:
    """What has to be looked at in the workspaces of a process, each method in a transaction of its own."""

    def __init__(self, database: Database, serves: Served, clock: Clock) -> None:
        self._database = database
        self._serves = serves
        self._clock = clock

    async def schedules(self) -> tuple[tuple[str, Schedule], ...]:
        """Every schedule that is on, with its workspace."""
        wanted = select(schedule.c.workspace, *schedules.COLUMNS).where(
            self._serves.rows(schedule), schedules.is_on(), _is_there(schedule)
        )
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted.order_by(schedule.c.id))
            return tuple((row.workspace, schedules.to_schedule(row)) for row in rows)

    async def signs(self) -> dict[int, Sign]:
        """What the holders of queued and running runs wrote last, by run."""
        wanted = select(run.c.id, run.c.owner, run.c.lease_until).where(
            self._serves.rows(run), runs.is_active()
        )
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted)
            return {row.id: Sign(row.owner, row.lease_until) for row in rows}

    async def interrupt_stale(self, over: Mapping[int, Sign]) -> tuple[tuple[str, Run], ...]:
        """Move running ones whose lease is over to interrupted; those moved now, with their workspaces. One that has
        shown a sign of life since goes on."""
        if not over:
            return ()
        async with self._database.writing(sees=self._serves) as connection:
            rows = await connection.execute(
                update(run)
                .where(
                    self._serves.rows(run),
                    run.c.state == RunState.RUNNING.value,
                    _is_one_of(over),
                )
                .values(state=RunState.INTERRUPTED.value, finished_at=self._clock())
                .returning(run.c.workspace, *runs.COLUMNS)
            )
            return _with_workspaces(rows)

    async def untold(self) -> tuple[tuple[str, Run], ...]:
        """Runs that ended and whose end the outbox does not have, with their workspaces."""
        wanted = select(run.c.workspace, *runs.COLUMNS).where(
            self._serves.rows(run), literal_column("NOT run.told"), ~runs.is_active()
        )
        async with self._database.reading(self._serves) as connection:
            return _with_workspaces(await connection.execute(wanted))

    async def take_over(
        self, over: Mapping[int, Sign], *, owner: str, lease: timedelta
    ) -> tuple[tuple[str, Run], ...]:
        """Make queued runs that were left, or whose lease is over, this owner's; those taken now."""
        abandoned = (
            self._serves.rows(run),
            run.c.state == RunState.QUEUED.value,
            or_(run.c.owner == "", _is_one_of(over)),
        )
        async with self._database.reading(self._serves) as connection:
            if (await connection.execute(select(run.c.id).where(*abandoned))).first() is None:
                return ()
        async with self._database.writing(sees=self._serves) as connection:
            rows = await connection.execute(
                update(run)
                .where(*abandoned)
                .values(owner=owner, lease_until=self._clock() + lease)
                .returning(run.c.workspace, *runs.COLUMNS)
            )
            return _with_workspaces(rows)

    async def leave(self, run_id: int, *, owner: str) -> None:
        """Let go of a queued run, so that the next process takes it over at once."""
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(
                update(run)
                .where(
                    self._serves.rows(run),
                    run.c.id == run_id,
                    run.c.state == RunState.QUEUED.value,
                    run.c.owner == owner,
                )
                .values(owner="")
            )

    async def take_place(
        self, run_id: int, *, owner: str, lease: timedelta, limit: int
    ) -> Run | None:
        """Let a queued run begin if fewer than `limit` train or come before it on this machine, else note how many
        have to end first, whatever workspaces they are of; None where it is no longer this owner's to begin."""
        now = self._clock()
        async with self._database.writing(_one_at_a_time, sees=EVERY_WORKSPACE) as connection:
            ahead = await _ahead(connection, run_id, box=owner.partition(":")[0])
            values: dict[str, Any] = {"waits_for": ahead - limit + 1}
            if ahead < limit:
                values = {"waits_for": 0, "state": RunState.RUNNING.value, "started_at": now}
            changed = await connection.execute(
                update(run)
                .where(
                    self._serves.rows(run),
                    run.c.id == run_id,
                    run.c.state == RunState.QUEUED.value,
                    run.c.owner == owner,
                )
                .values(lease_until=now + lease, **values)
                .returning(*runs.COLUMNS)
            )
            row = changed.first()
        return None if row is None else runs.to_run(row)

    async def active_ids(self) -> frozenset[int]:
        """The runs that are queued or running, in whatever workspace: their files may be in this folder."""
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            return frozenset(await connection.scalars(select(run.c.id).where(runs.is_active())))

    async def newest(
        self, *, limit: int, number: int | None = None
    ) -> tuple[tuple[str, Run, str | None], ...]:
        """The newest runs, or all with one number, with their workspaces and the ends of their logs."""
        wanted = (
            select(run.c.workspace, *runs.COLUMNS, run.c.log)
            .where(self._serves.rows(run))
            .order_by(run.c.id.desc())
        )
        if number is not None:
            wanted = wanted.where(run.c.number == number)
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted.limit(limit))
            return tuple((row.workspace, runs.to_run(row), row.log) for row in rows)

    async def auto_trainings_due(self) -> tuple[tuple[str, AutoTraining], ...]:
        """Projects in which enough sentences were newly finished, or fewer are finished than were counted."""
        finished = autos.FINISHED
        due = or_(finished - auto.c.base >= auto.c.every, finished < auto.c.base)
        wanted = select(auto.c.workspace, *autos.COLUMNS).where(
            self._serves.rows(auto), autos.is_on(), due, _is_there(auto)
        )
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted.order_by(auto.c.id))
            return tuple((row.workspace, autos.to_auto_training(row)) for row in rows)

    async def retriable(self, *, attempts: int) -> tuple[tuple[str, Run], ...]:
        """Interrupted runs with fewer than `attempts` attempts that no later run of their project
        follows."""
        later = run.alias("later")
        followed = exists().where(
            later.c.workspace == run.c.workspace,
            later.c.project_id == run.c.project_id,
            later.c.number > run.c.number,
        )
        wanted = select(run.c.workspace, *runs.COLUMNS).where(
            self._serves.rows(run),
            run.c.state == RunState.INTERRUPTED.value,
            run.c.attempt < attempts,
            ~followed,
        )
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted.order_by(run.c.id))
            return tuple((row.workspace, runs.to_run(row)) for row in rows)


def _is_one_of(signs: Mapping[int, Sign]) -> ColumnElement[bool]:
    """The runs with exactly these signs."""
    each = (
        and_(run.c.id == id_, run.c.owner == sign.owner, run.c.lease_until == sign.lease_until)
        for id_, sign in signs.items()
    )
    return or_(false(), *each)


def _is_there(table: Any) -> ColumnElement[bool]:
    """Its project has not been deleted."""
    return exists().where(project.c.id == table.c.project_id, project.c.deleted_at.is_(None))


async def _one_at_a_time(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def _ahead(connection: AsyncConnection, run_id: int, *, box: str) -> int:
    """How many train on a machine, or get a place there before this run does."""
    rows = await connection.execute(
        select(run.c.id, run.c.workspace, run.c.state, run.c.created_at)
        .where(runs.is_active(), run.c.owner.startswith(f"{box}:", autoescape=True))
        .order_by(run.c.id)
    )
    found = rows.all()
    running = Counter(row.workspace for row in found if row.state == RunState.RUNNING.value)
    queued = [row for row in found if row.state == RunState.QUEUED.value]
    waiting = [Waiting(row.id, row.workspace) for row in queued]
    since = queued[0].created_at if queued else None
    ended = await runs.last_ends(connection, contend(waiting), since=since)
    order = fair_order(waiting, running=running, ended=ended)
    return running.total() + (order.index(run_id) if run_id in order else 0)


def _with_workspaces(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[tuple[str, Run], ...]:
    found = [(row.workspace, runs.to_run(row)) for row in rows]
    return tuple(sorted(found, key=lambda pair: pair[1].id))
