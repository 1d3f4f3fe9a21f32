"""What nerbot looks after in all workspaces at once: ids and times, no texts."""

from sqlalchemy import exists, select, update

from bot.domain import Run, RunState, Schedule
from bot.store import runs, schedules
from bot.store.database import Database
from bot.store.repository import Clock
from bot.store.schema import run, schedule


class SqlCaretaker:
    """Implements `ports.Caretaker`, each method in a transaction of its own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def schedules(self) -> tuple[tuple[str, Schedule], ...]:
        """Every schedule that is on, with its workspace."""
        wanted = select(schedule.c.workspace, *schedules.COLUMNS).where(schedules.is_on())
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.order_by(schedule.c.id))
            return tuple((row.workspace, schedules.to_schedule(row)) for row in rows)

    async def interrupt_stale(self) -> tuple[tuple[str, Run], ...]:
        """Move active runs whose lease ran out to interrupted; those moved now, with their
        workspaces."""
        now = self._clock()
        async with self._database.writing() as connection:
            rows = await connection.execute(
                update(run)
                .where(runs.is_active(), run.c.lease_until <= now)
                .values(state=RunState.INTERRUPTED.value, finished_at=now)
                .returning(run.c.workspace, *runs.COLUMNS)
            )
            moved = [(row.workspace, runs.to_run(row)) for row in rows]
        return tuple(sorted(moved, key=lambda pair: pair[1].id))

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
            run.c.state == RunState.INTERRUPTED.value, run.c.attempt < attempts, ~followed
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.order_by(run.c.id))
            return tuple((row.workspace, runs.to_run(row)) for row in rows)
