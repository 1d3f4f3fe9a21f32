"""The versions of a project, which of them is live, and how it became it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, exists, func, select, update

from bot.db.records.events import Events
from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.erasure import erasure
from bot.db.tables.projects import project
from bot.db.tables.sentences import event
from bot.db.tables.training import model, run
from bot.domain.evaluation import LivePolicy
from bot.domain.events import EventKind
from bot.domain.models import LiveMove, ModelVersion, WhyLive
from bot.domain.runs import Model

_COLUMNS = (
    model.c.project_id,
    model.c.version,
    model.c.labels,
    model.c.created_at,
    model.c.evaluation,
)
_ADD = inserts(model, lambda insert: insert)
_USABLE = and_(model.c.gone_at.is_(None), model.c.damaged_at.is_(None))
_VERSIONS = (
    select(*_COLUMNS, model.c.run_id, model.c.gone_at, model.c.damaged_at, run.c.person)
    .add_columns(run.c.sentences)
    .select_from(model.join(run, and_(run.c.id == model.c.run_id, here(run))))
    .where(in_project(model))
    .order_by(model.c.version.desc())
)
_MOVES = (
    select(event.c.person, event.c.detail, event.c.created_at)
    .where(in_project(event), event.c.kind == EventKind.LIVE_MOVED.value)
    .where(event.c.sentence_id.is_(None))
    .order_by(event.c.id.desc())
)


class Models(Repository):
    """The versions of a project and which of them is live."""

    __slots__ = ()

    async def next_version(self, project_id: int) -> int:
        """One more than the highest version there ever was."""
        highest = select(func.max(model.c.version)).where(in_project(model))
        return int((await self.execute(highest, project_id)).scalar() or 0) + 1

    async def are_cleared(self, project_id: int) -> bool:
        """Whether files that no row names are being removed, as something is forgotten."""
        under_way = in_project(erasure), erasure.c.done_at.is_(None)
        wanted = select(erasure.c.id).where(*under_way).limit(1)
        return (await self.execute(wanted, project_id)).first() is not None

    async def add(self, model: Model, *, run_id: int) -> None:
        """Name a version whose files are in place."""
        await self.execute(
            _ADD,
            model.project_id,
            version=model.version,
            labels=model.labels,
            evaluation=model.evaluation,
            created_at=model.created_at,
            run_id=run_id,
        )

    async def live(self, project_id: int) -> Model | None:
        """The live model, with its scores."""
        wanted = (
            select(*_COLUMNS)
            .select_from(project.join(model, project.c.live_version == model.c.version))
            .where(here(project), project.c.id == project_id, in_project(model))
        )
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else Model(**row._asdict())

    async def live_since(self, project_id: int) -> datetime | None:
        """When the live model went live; None where that was not noted."""
        wanted = select(project.c.live_since).where(here(project), project.c.id == project_id)
        since: datetime | None = (await self.execute(wanted)).scalar()
        return since

    async def all_live(self) -> tuple[tuple[int, int], ...]:
        """Each project of the workspace that has a live version, with it."""
        wanted = select(project.c.id, project.c.live_version).where(
            here(project), project.c.live_version.is_not(None)
        )
        rows = await self.execute(wanted.order_by(project.c.id))
        return tuple((row.id, row.live_version) for row in rows)

    async def set_live(
        self,
        project_id: int,
        version: int,
        *,
        expected: int | None,
        person: str,
        why: WhyLive = WhyLive.TRAINING,
        request: str | None = None,
    ) -> bool:
        """Move the live pointer if it still points at `expected`; an event says who moved it and why.
        False, too, where there is no such version, or its files are gone or damaged."""
        there = exists().where(in_project(model), model.c.version == version, _USABLE)
        moved = await self.execute(
            update(project)
            .where(
                here(project),
                project.c.id == project_id,
                project.c.live_version.is_not_distinct_from(expected),
                there,
            )
            .values(live_version=version, live_since=self.clock())
            .returning(project.c.id),
            project_id,
        )
        if moved.first() is None:
            return False
        detail = {"from": expected, "to": version, "why": why.value}
        await self._events().add(
            project_id, EventKind.LIVE_MOVED, person=person, detail=detail, request=request
        )
        return True

    async def versions(
        self, project_id: int, *, limit: int | None = None, before: int | None = None
    ) -> tuple[ModelVersion, ...]:
        """Versions, newest first."""
        wanted = _VERSIONS if before is None else _VERSIONS.where(model.c.version < before)
        rows = await self.execute(wanted.limit(limit), project_id)
        return tuple(map(_to_version, rows))

    async def version(self, project_id: int, number: int) -> ModelVersion | None:
        """One version."""
        wanted = _VERSIONS.where(model.c.version == number)
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else _to_version(row)

    async def moves(
        self, project_id: int, *, since: datetime | None = None, after: int = 0
    ) -> tuple[LiveMove, ...]:
        """The moves of the live pointer since a moment and after an event, newest first."""
        wanted = _MOVES.where(event.c.id > after)
        if since is not None:
            wanted = wanted.where(event.c.created_at >= since)
        return tuple(map(_to_move, await self.execute(wanted, project_id)))

    async def mark_damaged(self, project_id: int, version: int) -> None:
        """Note that a version's files are not what was saved; it does not go live again."""
        await self._mark(project_id, [version], damaged_at=self.clock())

    async def mark_gone(self, project_id: int, versions: Sequence[int]) -> None:
        """Note that the files of these versions are being cleared away; never that of the live one."""
        if versions:
            await self._mark(project_id, versions, gone_at=self.clock())

    async def stale(self, project_id: int) -> tuple[int, ...]:
        """Versions that know something forgotten and are not gone."""
        wanted = select(model.c.version).where(
            in_project(model), model.c.stale_at.is_not(None), model.c.gone_at.is_(None)
        )
        return tuple((await self.execute(wanted, project_id)).scalars())

    async def mark_stale(self, project_id: int, versions: Sequence[int]) -> None:
        """Note that these versions know something forgotten."""
        if versions:
            await self._mark(project_id, versions, stale_at=self.clock())

    async def none_live(self, project_id: int) -> None:
        """Let no version be live: the one that was knows something forgotten, and there is no other."""
        mine = update(project).where(here(project), project.c.id == project_id)
        await self.execute(mine.values(live_version=None, live_since=None))

    async def _mark(self, project_id: int, versions: Sequence[int], **values: Any) -> None:
        (name,) = values
        await self.execute(
            update(model)
            .where(in_project(model), model.c.version.in_(versions), model.c[name].is_(None))
            .values(values),
            project_id,
        )

    async def policy(self, project_id: int) -> LivePolicy:
        """When a new model goes live automatically."""
        wanted = select(project.c.live_policy).where(here(project), project.c.id == project_id)
        return LivePolicy((await self.execute(wanted)).scalar() or LivePolicy.NOT_WORSE)

    async def set_policy(self, project_id: int, policy: LivePolicy, *, person: str) -> None:
        """Let new models go live so from now on; an event says who changed it."""
        before = await self.policy(project_id)
        if before is policy:
            return
        changed = update(project).where(here(project), project.c.id == project_id)
        await self.execute(changed.values(live_policy=policy.value))
        detail = {"from": before.value, "to": policy.value}
        await self._events().add(
            project_id, EventKind.LIVE_POLICY_CHANGED, person=person, detail=detail
        )

    def _events(self) -> Events:
        return Events(self.tx)


def _to_version(row: Row[*tuple[Any, ...]]) -> ModelVersion:
    return ModelVersion(
        Model(*(getattr(row, column.name) for column in _COLUMNS)),
        run_id=row.run_id,
        person=row.person,
        sentences=row.sentences,
        gone=row.gone_at is not None,
        damaged=row.damaged_at is not None,
    )


def _to_move(row: Row[*tuple[Any, ...]]) -> LiveMove:
    why = row.detail.get("why", WhyLive.TRAINING.value)
    return LiveMove(row.detail["to"], row.detail["from"], row.created_at, row.person, WhyLive(why))
