"""The rows of jobs, over all workspaces: ids, keys and states, no texts."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.db.records import runs
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.jobs import job
from bot.db.tables.training import run
from bot.db.transaction import Clock
from bot.errors import NotFound
from bot.workers.values import ACTIVE, Job, JobKind, JobState
from ner_engine.results import Progress

Put = Callable[[AsyncConnection, int], Awaitable[int | None]]

_COLUMNS = tuple(job.c[name] for name in Job.__dataclass_fields__)
_IS_ACTIVE = job.c.state.in_([state.value for state in ACTIVE])
#: A job without a run has its own end alone; that of a training goes on as long as its run does.
_IS_WANTED = or_(job.c.run_id.is_(None), exists().where(run.c.id == job.c.run_id, runs.is_active()))


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

    async def add(self, workspace: str, kind: JobKind, folder: str, put: Put) -> int:
        """Queue a job that is no training, and hand it to the queue in the same transaction."""
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            return await self._add(connection, workspace, kind, folder, put, {})

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
        queue_id = await put(connection, job_id)
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

    async def _all(self, *conditions: ColumnElement[bool]) -> tuple[Job, ...]:
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            rows = await connection.execute(select(*_COLUMNS).where(*conditions).order_by(job.c.id))
            return tuple(map(_to_job, rows))

    async def unwanted(self) -> frozenset[int]:
        """The runs that are over and of which there are jobs, in whatever workspace."""
        wanted = select(job.c.run_id).where(job.c.run_id.is_not(None), ~_IS_WANTED).distinct()
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            return frozenset(await connection.scalars(wanted))

    async def claim(self, job_id: int, *, worker: str) -> Job | None:
        """Make a queued job this worker's; None where it is another's by now, or over."""
        return await self._change(
            job.c.id == job_id,
            job.c.state == JobState.QUEUED.value,
            _IS_WANTED,
            state=JobState.RUNNING.value,
            worker=worker,
            beat=1,
        )

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


def _held(job_id: int, worker: str) -> ColumnElement[bool]:
    return and_(job.c.id == job_id, job.c.worker == worker, job.c.state == JobState.RUNNING.value)


def _to_job(row: Row[*tuple[Any, ...]]) -> Job:
    values = row._asdict()
    values["state"], values["kind"] = JobState(row.state), JobKind(row.kind)
    return Job(**values)
