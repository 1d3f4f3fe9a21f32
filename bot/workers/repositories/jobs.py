"""The rows of jobs, over all workspaces: ids, keys and states, no texts."""

from collections import Counter
from collections.abc import Awaitable
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.db.records import runs
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.jobs import job
from bot.db.tables.projects import project
from bot.db.tables.training import run
from bot.db.transaction import Clock
from bot.domain.fair_order import Waiting, contend, fair_order
from bot.errors import NotFound
from bot.workers.values import ACTIVE, Job, JobKind, JobState
from ner_engine.results import Progress


class Put(Protocol):
    """Hands a job to the queue in the transaction that adds its row."""

    def __call__(
        self, connection: AsyncConnection, job_id: int, /, *, urgent: bool
    ) -> Awaitable[int | None]:
        """Its number in the queue."""


_LOCK = 0x74616B65  # workers take their jobs one after the other

_COLUMNS = tuple(job.c[name] for name in Job.__dataclass_fields__)
_IS_ACTIVE = job.c.state.in_([state.value for state in ACTIVE])
#: A job that belongs to no project has its own end alone. That of a training goes on as long as its run does, and a
#: shard of a ranking as long as somebody ranks the project.
_IS_WANTED = or_(
    job.c.project_id.is_(None),
    exists().where(run.c.id == job.c.run_id, runs.is_active()),
    and_(
        job.c.kind == JobKind.RANKING.value,
        exists().where(project.c.id == job.c.project_id, project.c.ranking_owner.is_not(None)),
    ),
)


class Jobs:
    """What the bot and the workers tell each other, each method in a transaction of its own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add_training(self, run_id: int, folder: str, put: Put) -> int:
        """Queue the job of an active run, and hand it to the queue in the same transaction; raises NotFound."""
        wanted = select(run.c.workspace, run.c.project_id).where(
            run.c.id == run_id, runs.is_active()
        )
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            found = (await connection.execute(wanted)).first()
            if found is None:
                raise NotFound(f"run {run_id} is over")
            values = {"run_id": run_id, "project_id": found.project_id}
            return await self._add(
                connection, found.workspace, JobKind.TRAINING, folder, put, values
            )

    async def add(
        self,
        workspace: str,
        kind: JobKind,
        folder: str,
        put: Put,
        *,
        project_id: int | None = None,
    ) -> int:
        """Queue a job that is no training, and hand it to the queue in the same transaction."""
        values = {"project_id": project_id}
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            return await self._add(connection, workspace, kind, folder, put, values)

    async def _add(
        self,
        connection: AsyncConnection,
        workspace: str,
        kind: JobKind,
        folder: str,
        put: Put,
        values: dict[str, Any],
    ) -> int:
        added = await connection.execute(
            insert(job)
            .values(
                workspace=workspace,
                kind=kind.value,
                folder=folder,
                state=JobState.QUEUED.value,
                worker="",
                beat=0,
                created_at=self._clock(),
                **values,
            )
            .returning(job.c.id)
        )
        job_id: int = added.scalar_one()
        # Somebody waits for a training; the many shards of something large would keep it waiting for hours.
        queue_id = await put(connection, job_id, urgent=kind is JobKind.TRAINING)
        if queue_id is not None:
            await connection.execute(
                update(job).where(job.c.id == job_id).values(queue_id=queue_id)
            )
        return job_id

    async def get(self, job_id: int) -> Job | None:
        """A job as it is now."""
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            row = (await connection.execute(select(*_COLUMNS).where(job.c.id == job_id))).first()
        return None if row is None else _to_job(row)

    async def of_run(self, run_id: int) -> tuple[Job, ...]:
        """The jobs of a run."""
        return await self._all(job.c.run_id == run_id)

    async def of_folder(self, prefix: str) -> tuple[Job, ...]:
        """The jobs whose objects are under a key."""
        return await self._all(job.c.folder.startswith(prefix, autoescape=True))

    async def folders(self) -> frozenset[str]:
        """The keys under which there are objects of jobs."""
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            return frozenset(await connection.scalars(select(job.c.folder)))

    async def _all(self, *conditions: ColumnElement[bool]) -> tuple[Job, ...]:
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            rows = await connection.execute(select(*_COLUMNS).where(*conditions).order_by(job.c.id))
            return tuple(map(_to_job, rows))

    async def unwanted(self, kind: JobKind) -> tuple[Job, ...]:
        """The jobs of a kind that nobody waits for, in whatever workspace."""
        return await self._all(job.c.kind == kind.value, ~_IS_WANTED)

    async def claim(self, job_id: int, *, worker: str, queue_id: int | None = None) -> Job | None:
        """Make a queued job this worker's; None where it is another's by now, or over.

        Whoever is told of a training gets the one whose turn it is: the queue knows no workspaces. `queue_id` is what
        the worker was told of it by; the two jobs then change their numbers in the queue.
        """
        begin = {"state": JobState.RUNNING.value, "worker": worker, "beat": 1}
        async with self._database.writing(_one_at_a_time, sees=EVERY_WORKSPACE) as connection:
            told = job.c.id == job_id if queue_id is None else job.c.queue_id == queue_id
            meant = (await connection.execute(select(*_COLUMNS).where(told))).first()
            if meant is not None and _is_one_of_many(meant):
                following = await _following(connection)
                if following is None:
                    return None
                await _swap(connection, following, meant)
                job_id = following.id
            waits = (job.c.id == job_id, job.c.state == JobState.QUEUED.value, _IS_WANTED)
            taken = update(job).where(*waits).values(begin).returning(*_COLUMNS)
            row = (await connection.execute(taken)).first()
        return None if row is None else _to_job(row)

    async def beat(self, job_id: int, *, worker: str, progress: Progress | None) -> bool:
        """Show that the worker is at it, and how far; False where it is to let go."""
        values: dict[str, Any] = {"beat": job.c.beat + 1}
        if progress is not None:
            values["progress"] = progress
        return await self._change(_held(job_id, worker), _IS_WANTED, **values) is not None

    async def end(self, job_id: int, state: JobState, *, worker: str) -> bool:
        """Say how it ended; False where it was over already, or is no longer wanted."""
        wanted = (_IS_WANTED,) if state is JobState.DONE else ()
        return await self._change(_held(job_id, worker), *wanted, state=state.value) is not None

    async def give_up(self, job_id: int, *, beat: int) -> bool:
        """Take it from a worker that has not shown a sign of life since this one."""
        given = (job.c.id == job_id, job.c.beat == beat, _IS_ACTIVE)
        return await self._change(*given, state=JobState.LOST.value) is not None

    async def cancel(self, job_id: int) -> None:
        """Let whoever is at it stop, for good."""
        await self._change(job.c.id == job_id, _IS_ACTIVE, state=JobState.CANCELLED.value)

    async def remove(self, job_id: int) -> None:
        """Nothing is left of it."""
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            await connection.execute(delete(job).where(job.c.id == job_id))

    async def _change(self, *conditions: ColumnElement[bool], **values: Any) -> Job | None:
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            changed = await connection.execute(
                update(job).where(*conditions).values(values).returning(*_COLUMNS)
            )
            row = changed.first()
        return None if row is None else _to_job(row)


def _is_one_of_many(told: Row[*tuple[Any, ...]]) -> bool:
    """Whether whoever is told of it may take another one. A queue that gives no numbers has promised this one."""
    return told.kind == JobKind.TRAINING.value and told.queue_id is not None


async def _following(connection: AsyncConnection) -> Row[*tuple[Any, ...]] | None:
    """The training whose turn it is, of those that wait for a worker."""
    trains = job.c.kind == JobKind.TRAINING.value
    rows = await connection.execute(
        select(job.c.id, job.c.workspace, job.c.state, job.c.queue_id, job.c.created_at)
        .where(trains, _IS_ACTIVE, _IS_WANTED)
        .order_by(job.c.id)
    )
    found = rows.all()
    queued = {row.id: row for row in found if row.state == JobState.QUEUED.value}
    if not queued:
        return None
    running = Counter(row.workspace for row in found if row.id not in queued)
    waiting = [Waiting(row.id, row.workspace) for row in queued.values()]
    since = min(row.created_at for row in queued.values())
    ended = await runs.last_ends(connection, contend(waiting), since=since)
    return queued[fair_order(waiting, running=running, ended=ended)[0]]


async def _swap(
    connection: AsyncConnection,
    taken: Row[*tuple[Any, ...]],
    told: Row[*tuple[Any, ...]],
) -> None:
    """Let each of two jobs have the other's number in the queue: what was told is used up by what is taken."""
    if taken.id != told.id:
        for one, other in ((taken, told), (told, taken)):
            changed = update(job).where(job.c.id == one.id)
            await connection.execute(changed.values(queue_id=other.queue_id))


async def _one_at_a_time(connection: AsyncConnection) -> None:
    await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _held(job_id: int, worker: str) -> ColumnElement[bool]:
    return and_(job.c.id == job_id, job.c.worker == worker, job.c.state == JobState.RUNNING.value)


def _to_job(row: Row[*tuple[Any, ...]]) -> Job:
    values = row._asdict()
    values["state"], values["kind"] = JobState(row.state), JobKind(row.kind)
    return Job(**values)
