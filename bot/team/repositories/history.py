"""The record, read."""

import asyncio
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select

from bot.db.repository import Repository, here, in_project
from bot.db.tables.sentences import event, sentence
from bot.domain.events import Event
from bot.domain.steps import StepKind

#: Rows turned into values at a time, so that the event loop is not held.
_AT_ONCE = 500

_undoing = event.alias("undoing")
_UNDONE = exists().where(here(_undoing), _undoing.c.undoes == event.c.id)
_WANTED = (
    select(
        event.c.id,
        event.c.kind,
        event.c.person,
        event.c.created_at.label("at"),
        event.c.sentence_id,
        sentence.c.text,
        event.c.before,
        event.c.after,
        event.c.detail,
        event.c.undoes,
        _UNDONE.label("undone"),
    )
    .select_from(
        event.outerjoin(
            sentence,
            and_(
                sentence.c.workspace == event.c.workspace,
                sentence.c.project_id == event.c.project_id,
                sentence.c.id == event.c.sentence_id,
            ),
        )
    )
    .where(in_project(event))
)


class History(Repository):
    """The record, read."""

    __slots__ = ()

    async def page(
        self, project_id: int, *, limit: int, before: int | None = None, person: str | None = None
    ) -> tuple[Event, ...]:
        """Events, newest first."""
        wanted = _WANTED.order_by(event.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(event.c.id < before)
        if person is not None:
            wanted = wanted.where(event.c.person == person)
        return tuple(map(_to_event, await self.execute(wanted, project_id)))

    async def get(self, project_id: int, event_id: int) -> Event | None:
        """One event."""
        row = (await self.execute(_WANTED.where(event.c.id == event_id), project_id)).first()
        return None if row is None else _to_event(row)

    async def later(self, project_id: int, entry: Event, **detail: Any) -> bool:
        """Whether a later event of the same kind that still holds is about the same things."""
        wanted = _WANTED.where(
            event.c.id > entry.id,
            or_(event.c.sentence_id == entry.sentence_id, event.c.sentence_id.is_(None)),
            event.c.kind == entry.kind,
            event.c.undoes.is_(None),
            ~_UNDONE,
        )
        events = map(_to_event, await self.execute(wanted, project_id))
        return any(
            all((found.detail or {}).get(name) == value for name, value in detail.items())
            for found in events
        )

    async def steps(self, project_id: int, *, limit: int) -> tuple[Event, ...]:
        """The newest steps on annotations, oldest of them first, without what they changed."""
        wanted = (
            select(
                event.c.id,
                event.c.kind,
                event.c.person,
                event.c.created_at.label("at"),
                event.c.sentence_id,
            )
            .where(in_project(event), event.c.kind.in_([kind.value for kind in StepKind]))
            .order_by(event.c.id.desc())
            .limit(limit)
        )
        found: list[Event] = []
        rows = await self.execute(wanted, project_id)
        for some in rows.partitions(_AT_ONCE):
            found.extend(Event(**row._asdict()) for row in some)
            await asyncio.sleep(0)
        return tuple(reversed(found))


def _to_event(row: Row[*tuple[Any, ...]]) -> Event:
    return Event(**{**row._asdict(), "text": row.text or "", "undone": bool(row.undone)})
