"""What happened to labels while a sentence was deleted, done to it when it comes back."""

from typing import Any

from sqlalchemy import bindparam, insert, literal, select, update

from bot.db.records.counters import Counters
from bot.db.repository import Repository, by_key, in_project
from bot.db.tables.projects import label
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, event, merged
from bot.domain.events import EventKind, relabelled
from ner_engine.annotation import Span

_KINDS = (
    EventKind.LABEL_RENAMED,
    EventKind.LABELS_MERGED,
    EventKind.LABELS_SPLIT,
    EventKind.LABEL_DELETED,
)
_MEANWHILE = by_key(
    select(event.c.id, event.c.kind, event.c.detail, event.c.undoes)
    .where(
        in_project(event),
        event.c.sentence_id.is_(None),
        event.c.kind.in_([kind.value for kind in _KINDS]),
        event.c.id > bindparam("event_id"),
    )
    .order_by(event.c.id)
)
#: Where spans are kept, with the person whose they are; a decision's stand under nobody's.
_PLACES: tuple[tuple[Any, Any], ...] = ((annotation, annotation.c.person), (decision, literal("")))


class CatchingUp(Repository):
    """Brings the spans of one sentence to the labels of now."""

    __slots__ = ()

    async def catch_up(
        self, project_id: int, sentence_id: int, *, event_id: int
    ) -> tuple[str, ...]:
        """Do what was done to labels after an event; the labels that its phrases lost, because they are no more.

        It is written down as if the sentence had been there, so that whoever takes a deletion or a merge back brings
        the label back in this sentence, too.
        """
        meanwhile = (await self.execute(_MEANWHILE, project_id, event_id=event_id)).all()
        names = select(label.c.name).where(in_project(label))
        there = set((await self.execute(names, project_id)).scalars())
        lost: set[str] = set()
        async with Counters(self.tx).changing(project_id, sentence_id):
            for table, person in _PLACES:
                mine = (in_project(table), table.c.sentence_id == sentence_id)
                wanted = select(person.label("whose"), table.c.spans).where(*mine)
                for row in (await self.execute(wanted, project_id)).all():
                    spans = await self._after(meanwhile, project_id, sentence_id, row, lost)
                    lost |= {span.label for span in spans} - there
                    kept = tuple(sorted(span for span in spans if span.label in there))
                    place = mine if table is decision else (*mine, person == row.whose)
                    if kept != row.spans:
                        await self.execute(
                            update(table).where(*place).values(spans=kept), project_id
                        )
        return tuple(sorted(lost))

    async def _after(
        self, meanwhile: Any, project_id: int, sentence_id: int, row: Any, lost: set[str]
    ) -> tuple[Span, ...]:
        """The spans after each change in turn."""
        spans: tuple[Span, ...] = row.spans
        had: dict[int, tuple[Span, ...]] = {}
        taken_back = {change.undoes for change in meanwhile}
        for change in meanwhile:
            detail, old = change.detail, change.detail.get("from") or change.detail.get("name")
            if change.undoes is None and change.kind in {
                EventKind.LABELS_MERGED,
                EventKind.LABEL_DELETED,
            }:
                had[change.id] = spans
                if any(span.label == old for span in spans) and change.id not in taken_back:
                    await self._keep(project_id, sentence_id, change.id, row.whose, spans)
                    if change.kind == EventKind.LABEL_DELETED:
                        lost.add(old)
                        spans = tuple(span for span in spans if span.label != old)
            if change.kind in {EventKind.LABEL_RENAMED, EventKind.LABELS_MERGED}:
                spans = relabelled(spans, {old: detail["to"]})
            elif change.kind == EventKind.LABELS_SPLIT:
                back = {
                    (s.start, s.end) for s in had.get(change.undoes, ()) if s.label == detail["to"]
                }
                spans = tuple(
                    Span(s.start, s.end, detail["to"]) if (s.start, s.end) in back else s
                    for s in spans
                )
        return spans

    async def _keep(
        self, project_id: int, sentence_id: int, event_id: int, person: str, spans: tuple[Span, ...]
    ) -> None:
        await self.execute(
            insert(merged).values(
                workspace=self.workspace,
                project_id=project_id,
                sentence_id=sentence_id,
                event_id=event_id,
                person=person,
                spans=spans,
            ),
            project_id,
        )
