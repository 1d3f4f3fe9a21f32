"""Labels under new names: in every annotation and decision at once, and in what is brought back from before.

Spans of one annotation lie apart whatever their labels, so that no change of labels makes two of them equal."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    bindparam,
    distinct,
    func,
    insert,
    literal,
    select,
    type_coerce,
    union,
    update,
)

from bot.db.repository import Repository, by_key, in_project
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, event, merged
from bot.domain.events import EventKind, relabelled
from ner_engine.annotation import Span

_KINDS = (EventKind.LABEL_RENAMED, EventKind.LABELS_MERGED, EventKind.LABELS_SPLIT)
_CHANGES = by_key(
    select(event.c.id, event.c.kind, event.c.detail, event.c.undoes, event.c.created_at)
    .where(
        in_project(event),
        event.c.sentence_id.is_(None),
        event.c.kind.in_([kind.value for kind in _KINDS]),
    )
    .order_by(event.c.id)
)
_CHANGES_AFTER = _CHANGES.where(event.c.id > bindparam("event_id"))
_FOUND = select(merged.c.spans).where(
    in_project(merged),
    merged.c.event_id == bindparam("event_id"),
    merged.c.sentence_id == bindparam("sentence_id"),
    merged.c.person == bindparam("person"),
)
#: Where spans are kept, with the person whose they are; a decision's stand under nobody's.
_PLACES: tuple[tuple[Table, ColumnElement[str]], ...] = (
    (annotation, annotation.c.person),
    (decision, literal("")),
)


class Relabelling(Repository):
    """Changes labels wherever spans are kept."""

    __slots__ = ()

    async def count(self, project_id: int, name: str) -> int:
        """Sentences in which anybody's span has this label."""
        found = [
            select(table.c.sentence_id).where(in_project(table), _carries(table, name))
            for table, _ in _PLACES
        ]
        every = union(*found).subquery()
        counted = await self.execute(select(func.count()).select_from(every), project_id)
        return int(counted.scalar_one())

    async def change(self, project_id: int, old: str, new: str) -> None:
        """`old` becomes `new`. Who worked on what, and when, stays as it is."""
        for table, _ in _PLACES:
            await self.execute(
                update(table)
                .where(in_project(table), _carries(table, old))
                .values(spans=_renamed(table, old, new)),
                project_id,
            )

    async def take_off(self, project_id: int, name: str) -> None:
        """No span has this label any more."""
        for table, person in _PLACES:
            wanted = select(table.c.sentence_id, person.label("whose"), table.c.spans)
            rows = await self.execute(
                wanted.where(in_project(table), _carries(table, name)), project_id
            )
            for row in rows.all():
                kept = tuple(span for span in row.spans if span.label != name)
                await self._put(table, project_id, row, kept)

    async def put_on(self, project_id: int, event_id: int, name: str) -> tuple[int, ...]:
        """Give the spans back that had a deleted label; the sentences where others overlap them by now, and then
        nothing is changed."""
        changes: list[tuple[Table, Any, tuple[Span, ...]]] = []
        touched: set[int] = set()
        for table, person in _PLACES:
            wanted = select(
                merged.c.sentence_id,
                merged.c.person.label("whose"),
                merged.c.spans,
                table.c.spans.label("now"),
            ).where(*_pairs(table, person, event_id))
            for row in await self.execute(wanted, project_id):
                back = [span for span in row.spans if span.label == name]
                if any(s.start < o.end and o.start < s.end for s in back for o in row.now):
                    touched.add(row.sentence_id)
                changes.append((table, row, tuple(sorted((*row.now, *back)))))
        if not touched:
            for table, row, spans in changes:
                await self._put(table, project_id, row, spans)
        return tuple(sorted(touched))

    async def _put(self, table: Table, project_id: int, row: Any, spans: tuple[Span, ...]) -> None:
        mine = table.c.sentence_id == row.sentence_id
        if table is annotation:
            mine = and_(mine, annotation.c.person == row.whose)
        await self.execute(
            update(table).where(in_project(table), mine).values(spans=spans), project_id
        )

    async def keep(self, project_id: int, event_id: int, old: str) -> None:
        """Write down what a merge finds, so that it can be undone."""
        columns = ["workspace", "project_id", "sentence_id", "event_id", "person", "spans"]
        for table, person in _PLACES:
            found = select(
                table.c.workspace,
                table.c.project_id,
                table.c.sentence_id,
                literal(event_id),
                person,
                table.c.spans,
            ).where(in_project(table), _carries(table, old))
            await self.execute(insert(merged).from_select(columns, found), project_id)

    async def split(self, project_id: int, event_id: int, old: str, new: str) -> tuple[int, ...]:
        """Give every span that a merge changed its old label back. Where one of them is not there
        any more nothing is changed, and the sentences are returned."""
        others: list[tuple[Table, Any, tuple[Span, ...]]] = []
        touched: set[int] = set()
        for table, person in _PLACES:
            wanted = select(
                merged.c.sentence_id, merged.c.person, merged.c.spans, table.c.spans.label("now")
            ).where(*_pairs(table, person, event_id), _renamed(merged, old, new) != _text(table))
            for row in await self.execute(wanted, project_id):
                back = _given_back(row.now, row.spans, old, new)
                if back is None:
                    touched.add(row.sentence_id)
                else:
                    others.append((table, row, back))
        if touched:
            return tuple(sorted(touched))
        for table, person in _PLACES:
            await self._split_untouched(project_id, table, person, event_id, old=old, new=new)
        for table, row, back in others:
            mine = table.c.sentence_id == row.sentence_id
            if table is annotation:
                mine = and_(mine, annotation.c.person == row.person)
            await self.execute(
                update(table).where(in_project(table), mine).values(spans=back), project_id
            )
        return ()

    async def _split_untouched(
        self,
        project_id: int,
        table: Table,
        person: ColumnElement[str],
        event_id: int,
        *,
        old: str,
        new: str,
    ) -> None:
        found = select(merged.c.spans).where(
            *_pairs(table, person, event_id), _renamed(merged, old, new) == _text(table)
        )
        await self.execute(
            update(table)
            .where(in_project(table), found.correlate(table).exists())
            .values(spans=found.correlate(table).scalar_subquery()),
            project_id,
        )

    async def sentences(self, project_id: int, event_id: int) -> int:
        """Sentences a merge changed."""
        wanted = select(func.count(distinct(merged.c.sentence_id))).where(
            in_project(merged), merged.c.event_id == event_id
        )
        return int((await self.execute(wanted, project_id)).scalar_one())

    async def changed_since(self, project_id: int, event_id: int, *names: str) -> bool:
        """Whether a later change that still holds was about one of these labels."""
        rows = (await self.execute(_CHANGES_AFTER, project_id, event_id=event_id)).all()
        taken_back = {row.undoes for row in rows if row.undoes}
        return any(
            set(names) & {row.detail["from"], row.detail["to"]}
            for row in rows
            if row.undoes is None and row.id not in taken_back
        )

    async def as_now(
        self,
        project_id: int,
        spans: tuple[Span, ...],
        *,
        event_id: int,
        sentence_id: int,
        person: str,
    ) -> tuple[Span, ...]:
        """Spans of before an event under the names their labels have now."""
        for row in await self.execute(_CHANGES_AFTER, project_id, event_id=event_id):
            old, new = row.detail["from"], row.detail["to"]
            if row.kind != EventKind.LABELS_SPLIT:
                spans = relabelled(spans, {old: new})
                continue
            place = {"event_id": row.undoes, "sentence_id": sentence_id, "person": person}
            found = (await self.execute(_FOUND, project_id, **place)).scalar()
            had = {span for span in found or () if span.label == new}
            spans = tuple(
                Span(span.start, span.end, new)
                if span.label == old and Span(span.start, span.end, new) in had
                else span
                for span in spans
            )
        return spans

    async def names(self, project_id: int, *, since: datetime | None = None) -> dict[str, str]:
        """What labels of then are called now; those that were never renamed are left out."""
        wanted = _CHANGES if since is None else _CHANGES.where(event.c.created_at >= since)
        rows = (await self.execute(wanted, project_id)).all()
        # What was done and undone in this time made no difference.
        done = {row.id for row in rows}
        idle = {row.undoes for row in rows} | {row.id for row in rows if row.undoes in done}
        names: dict[str, str] = {}
        for row in rows:
            if row.id in idle or row.kind == EventKind.LABELS_SPLIT:
                continue
            old, new = row.detail["from"], row.detail["to"]
            names = {then: new if now == old else now for then, now in names.items()}
            names.setdefault(old, new)
        return {then: now for then, now in names.items() if then != now}


def _mark(name: str) -> str:
    """A label as it stands in the text of spans, and nothing else does."""
    return f',"{name}"]'


def _text(table: Any) -> ColumnElement[str]:
    return type_coerce(table.c.spans, Text)


def _carries(table: Any, name: str) -> ColumnElement[bool]:
    return _text(table).contains(_mark(name), autoescape=True)


def _renamed(table: Any, old: str, new: str) -> ColumnElement[str]:
    return func.replace(_text(table), _mark(old), _mark(new), type_=Text)


def _pairs(
    table: Any, person: ColumnElement[str], event_id: int
) -> tuple[ColumnElement[bool], ...]:
    """What a merge found beside what stands there now."""
    return (
        in_project(merged),
        merged.c.event_id == event_id,
        in_project(table),
        merged.c.sentence_id == table.c.sentence_id,
        merged.c.person == person,
    )


def _given_back(
    now: tuple[Span, ...], was: tuple[Span, ...], old: str, new: str
) -> tuple[Span, ...] | None:
    """The spans of now with the label back on those that had it; None where one of them is gone."""
    mine = {Span(span.start, span.end, new) for span in was if span.label == old}
    if not mine <= set(now):
        return None
    return tuple(Span(s.start, s.end, old) if s in mine else s for s in now)
