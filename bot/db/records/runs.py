"""Trainings as rows with a lease."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.training import digest, run
from bot.db.types import Moment
from bot.domain.runs import ACTIVE_STATES, NewRun, Run, RunReason, RunState
from bot.errors import NotFound
from ner_engine.results import Evaluation, Progress

_ACTIVE = tuple(state.value for state in ACTIVE_STATES)

COLUMNS = tuple(run.c[name] for name in Run.__dataclass_fields__)

_NUMBER = select(func.coalesce(func.max(run.c.number), 0) + 1).where(in_project(run))
_before = run.alias("before")
# After every end there was: that of a run of an erased project may be the last one a digest has told.
_ends = union_all(
    select(_before.c.ended.label("number")).where(here(_before)),
    select(digest.c.told_run.label("number")).where(here(digest)),
).subquery()
_END = select(func.coalesce(func.max(_ends.c.number), 0) + 1)
_CLAIM = inserts(
    run,
    lambda insert: (
        insert.values(number=_NUMBER.scalar_subquery()).on_conflict_do_nothing().returning(*COLUMNS)
    ),
)


def to_run(row: Row[*tuple[Any, ...]]) -> Run:
    """The value of a row that has COLUMNS."""
    values = row._asdict()
    for beside in ("workspace", "log", "ended"):
        values.pop(beside, None)
    values["state"] = RunState(row.state)
    values["reason"] = RunReason(row.reason)
    return Run(**values)


def is_active() -> ColumnElement[bool]:
    """Queued or running."""
    return run.c.state.in_(_ACTIVE)


async def last_ends(
    connection: AsyncConnection, workspaces: Collection[str], *, since: datetime | None
) -> dict[str, datetime]:
    """When the last training of each workspace ended that has had a place and ended since then."""
    if since is None or not workspaces:
        return {}
    rows = await connection.execute(
        select(run.c.workspace, func.max(run.c.finished_at).label("ended"))
        .where(
            run.c.workspace.in_(workspaces),
            run.c.started_at.is_not(None),
            run.c.finished_at >= since,
        )
        .group_by(run.c.workspace)
    )
    return {row.workspace: row.ended for row in rows}


class Runs(Repository):
    """Trainings as rows with a lease."""

    __slots__ = ()

    async def claim(self, new: NewRun, *, owner: str, lease: timedelta) -> Run | None:
        """Queue a run; None where the project has an active one, the slot is taken, or the retry
        was made. The unique keys of the table decide, so any number of processes may ask at
        once."""
        now = self.clock()
        claimed = await self.execute(
            _CLAIM,
            new.project_id,
            state=RunState.QUEUED.value,
            reason=new.reason.value,
            preset=new.preset,
            with_unfinished=new.with_unfinished,
            request=new.request,
            message=new.message,
            message_channel=new.message_channel,
            person=new.person,
            channel=new.channel,
            created_at=now,
            seed=new.seed,
            attempt=new.attempt,
            retry_of=new.retry_of,
            schedule_id=new.schedule_id,
            slot=new.slot,
            sentences=0,
            went_live=False,
            owner=owner,
            lease_until=now + lease,
        )
        row = claimed.first()
        return None if row is None else to_run(row)

    async def begun_since(self, moment: datetime) -> int:
        """How many trainings the workspace has begun, those that were tried again counted once."""
        begun = select(func.count()).where(
            here(run),
            run.c.created_at >= moment,
            run.c.retry_of.is_(None),
            run.c.reason != RunReason.IMPORT.value,
        )
        return int((await self.execute(begun)).scalar_one())

    async def get(self, run_id: int) -> Run | None:
        """The run of this workspace."""
        return await self._newest(None, run.c.id == run_id)

    async def active(self, project_id: int) -> Run | None:
        """The project's queued or running run."""
        return await self._newest(project_id, in_project(run), is_active())

    async def last(self, project_id: int) -> Run | None:
        """The newest run."""
        return await self._newest(project_id, in_project(run))

    async def that_made(self, project_id: int, version: int) -> Run | None:
        """The run a model came of."""
        return await self._newest(project_id, in_project(run), run.c.version == version)

    async def of_data(self, project_id: int, fingerprint: str) -> Run | None:
        """The newest run that learned from exactly this and succeeded."""
        learned = (run.c.state == RunState.SUCCEEDED.value, run.c.fingerprint == fingerprint)
        return await self._newest(project_id, in_project(run), *learned)

    async def page(
        self, project_id: int, *, size: int, up_to: int | None = None
    ) -> tuple[Run, ...]:
        """The newest runs, or those with the highest numbers up to this one; newest first."""
        wanted = select(*COLUMNS).where(in_project(run))
        if up_to is not None:
            wanted = wanted.where(run.c.number <= up_to)
        rows = await self.execute(wanted.order_by(run.c.number.desc()).limit(size), project_id)
        return tuple(map(to_run, rows))

    async def begin(self, run_id: int, *, sentences: int, fingerprint: str | None = None) -> Run:
        """Note that an active run learns now, and from what. Raises NotFound where it is over (it may have been
        cancelled)."""
        changed = await self._update(
            run_id,
            is_active(),
            state=RunState.RUNNING.value,
            sentences=sentences,
            fingerprint=fingerprint,
            waits_for=0,
            started_at=func.coalesce(run.c.started_at, bindparam("now", self.clock(), Moment)),
        )
        return _found(changed)

    async def keep_log(self, run_id: int, log: str) -> None:
        """Keep the end of the process's log, whatever became of the run."""
        await self._update(run_id, log=log)

    async def note_told(self, run_id: int) -> None:
        """The message of the run's end is in the outbox."""
        await self._update(run_id, ~is_active(), told=True)

    async def first_of(self, each: Run) -> int:
        """The run that this one tries again, as often as it may be; itself where it is a first one."""
        first, retry_of = each.id, each.retry_of
        while retry_of is not None and (before := await self.get(retry_of)) is not None:
            first, retry_of = before.id, before.retry_of
        return first

    async def follow(self, first_id: int, *, channel: str, message: str) -> None:
        """Note the message that follows a run and those that try it again."""
        ids: set[int] = {first_id}
        while True:
            again = select(run.c.id).where(here(run), run.c.retry_of.in_(ids))
            new = set((await self.execute(again)).scalars()) - ids
            if not new:
                break
            ids |= new
        changed = await self.execute(
            update(run)
            .where(here(run), run.c.id.in_(ids))
            .values(message_channel=channel, message=message)
        )
        if not changed.rowcount:
            raise NotFound("This training is not here, or no longer.")

    async def beat(
        self, run_id: int, *, owner: str, lease: timedelta, progress: Progress | None
    ) -> bool:
        """Prolong the lease and keep the progress; False where the run is no longer this owner's
        active one."""
        values: dict[str, Any] = {"lease_until": self.clock() + lease}
        if progress is not None:
            values["progress"] = progress
        return await self._update(run_id, is_active(), run.c.owner == owner, **values) is not None

    async def end(
        self,
        run_id: int,
        state: RunState,
        *,
        evaluation: Evaluation | None = None,
        failure: str | None = None,
        version: int | None = None,
        went_live: bool = False,
        cancelled_by: str | None = None,
    ) -> Run | None:
        """Move an active run to a final state; None where it had ended already."""
        return await self._update(
            run_id,
            is_active(),
            state=state.value,
            evaluation=evaluation,
            failure=failure,
            version=version,
            went_live=went_live,
            cancelled_by=cancelled_by,
            finished_at=self.clock(),
            ended=_END.scalar_subquery(),
        )

    async def _newest(self, project_id: int | None, *conditions: ColumnElement[bool]) -> Run | None:
        wanted = select(*COLUMNS).where(here(run), *conditions).order_by(run.c.id.desc())
        row = (await self.execute(wanted.limit(1), project_id)).first()
        return None if row is None else to_run(row)

    async def _update(
        self, run_id: int, *conditions: ColumnElement[bool], **values: Any
    ) -> Run | None:
        changed = await self.execute(
            update(run)
            .where(here(run), run.c.id == run_id, *conditions)
            .values(values)
            .returning(*COLUMNS)
        )
        row = changed.first()
        return None if row is None else to_run(row)


def _found(changed: Run | None) -> Run:
    if changed is None:
        raise NotFound("That training is not here, or no longer.")
    return changed
