"""What nerbot looks after in all workspaces at once: ids and times, no texts."""

from sqlalchemy import and_, case, exists, func, literal_column, or_, select, update

from bot.domain import Run, RunState, Schedule
from bot.store import runs, schedules
from bot.store.database import Database
from bot.store.repository import Clock
from bot.store.schema import project, run, schedule, sentence

#: New sentences that are worth a new order, with a live model and without: so many, and one in fifty.
RANKED_AT, FIRST_RANKED_AT, OF = 25, 50, 50

_NEW = (
    select(func.count())
    .select_from(sentence)
    .where(
        sentence.c.workspace == project.c.workspace,
        sentence.c.project_id == project.c.id,
        sentence.c.id > project.c.ranked_to,
        sentence.c.finished_by == literal_column("0"),
    )
    .scalar_subquery()
)
_HAS_MODEL = project.c.live_version.is_not(None)
_TO_RANK = or_(
    and_(_HAS_MODEL, project.c.live_version.is_distinct_from(project.c.ranked_by)),
    and_(
        case((_HAS_MODEL, RANKED_AT), else_=FIRST_RANKED_AT) <= _NEW, project.c.waiting <= _NEW * OF
    ),
)


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

    async def to_rank(self) -> tuple[tuple[str, int], ...]:
        """Projects whose order is another model's than the live one or does not know enough of their
        sentences, and that nobody ranks now, with their workspaces."""
        free = or_(project.c.ranking_until.is_(None), project.c.ranking_until <= self._clock())
        wanted = select(project.c.workspace, project.c.id).where(free, _TO_RANK)
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.order_by(project.c.id))
            return tuple((row.workspace, row.id) for row in rows)
