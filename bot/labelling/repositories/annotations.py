"""Annotations as they stand, written together with the events that brought them there."""

from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, and_, bindparam, exists, func, select, update

from bot.db.records.assignments import Turns
from bot.db.records.events import STEP_KINDS, Events
from bot.db.records.gold import count_sentences, read_gold, read_unfinished
from bot.db.records.relabelling import Relabelling
from bot.db.repository import Insert, Repository, by_key, here, in_project, inserts, replace_columns
from bot.db.tables.sentences import annotation, event, sentence
from bot.domain.project import Annotation, Gold, ProjectCounts, Sentence
from bot.domain.steps import AnnotationState, Step, StepKind
from bot.errors import NotFound, StoreUnavailable

_STEP = (
    event.c.id,
    event.c.kind,
    event.c.sentence_id,
    event.c.person,
    event.c.before,
    event.c.after,
    event.c.request,
    event.c.detail,
)
#: How a step over several sentences is told in the event of each.
_TOGETHER = "together"
_UNDOING = event.alias("undoing")
_MADE_IN = (
    select(*_STEP, annotation.c.spans, annotation.c.finished)
    .select_from(
        event.outerjoin(
            annotation,
            and_(
                annotation.c.workspace == event.c.workspace,
                annotation.c.project_id == event.c.project_id,
                annotation.c.sentence_id == event.c.sentence_id,
                annotation.c.person == event.c.person,
            ),
        )
    )
    .where(
        in_project(event),
        event.c.person == bindparam("person"),
        event.c.request == bindparam("step"),
        event.c.kind == StepKind.LABELLED.value,
        ~exists().where(here(_UNDOING), _UNDOING.c.undoes == event.c.id),
    )
    .order_by(event.c.id.desc())
)
# The key begins with the project, which nobody has to know who has the sentence: without it, all
# annotations of the workspace would be looked through.
_ITS_PROJECT = (
    select(sentence.c.project_id)
    .where(here(sentence), sentence.c.id == bindparam("sentence_id"))
    .scalar_subquery()
)
_OF = by_key(
    select(annotation.c.spans, annotation.c.finished).where(
        here(annotation),
        annotation.c.project_id == _ITS_PROJECT,
        annotation.c.sentence_id == bindparam("sentence_id"),
        annotation.c.person == bindparam("person"),
    )
)
_COUNT_FINISHER = by_key(
    update(sentence)
    .where(in_project(sentence), sentence.c.id == bindparam("sentence_id"))
    .values(finished_by=sentence.c.finished_by + bindparam("more"))
)

# A day's steps are the newest ones of a person, which an index gives in order; more than these are
# not counted.
_COUNTED_STEPS = 1_000
_NEWEST = (
    select(event.c.sentence_id, event.c.created_at)
    .where(in_project(event), event.c.person == bindparam("person"))
    .order_by(event.c.id.desc())
    .limit(_COUNTED_STEPS)
    .subquery()
)
_FINISHED_SINCE = by_key(
    select(func.count()).where(
        in_project(annotation),
        annotation.c.person == bindparam("person"),
        annotation.c.finished,
        annotation.c.sentence_id.in_(
            select(_NEWEST.c.sentence_id).where(_NEWEST.c.created_at >= bindparam("since"))
        ),
    )
)
_LABELLED = (
    select(annotation.c.spans, sentence.c.text)
    .select_from(annotation.join(sentence, annotation.c.sentence_id == sentence.c.id))
    .where(in_project(annotation), annotation.c.spans != (), here(sentence))
    .order_by(annotation.c.sentence_id.desc(), annotation.c.person)
    .limit(bindparam("newest"))
)


def _from_what_stood(insert: Insert) -> Executable:
    """Bring an annotation to a new state only from the state it is thought to be in."""
    stands = and_(
        annotation.c.spans == bindparam("spans_before"),
        annotation.c.finished == bindparam("finished_before"),
    )
    values = ("spans", "finished", "updated_at")
    return replace_columns(insert, annotation, *values, where=stands).returning(
        annotation.c.sentence_id
    )


_BRING = inserts(annotation, _from_what_stood)


class Annotations(Repository):
    """Annotations and the events they come from, always written together."""

    __slots__ = ()

    async def of(self, sentence: Sentence, person: str) -> Annotation:
        """The person's annotation as it stands; an empty unfinished one where there is none."""
        row = (await self.execute(_OF, sentence_id=sentence.id, person=person)).first()
        if row is None:
            return Annotation(sentence=sentence, person=person)
        return Annotation(sentence, person, spans=row.spans, finished=row.finished)

    async def change(
        self,
        project_id: int,
        annotation: Annotation,
        kind: StepKind,
        after: AnnotationState,
        *,
        request: str,
        note: str | None = None,
        together: int = 1,
    ) -> Step:
        """Append the event and bring the annotation to `after`, in this transaction. Raises
        StoreUnavailable where it no longer stands as `annotation` says, so that the event tells
        what really was. A step over several sentences says over how many."""
        sentence_id, person = annotation.sentence.id, annotation.person
        before = AnnotationState(annotation.spans, annotation.finished)
        event_id = await self._events().add(
            project_id,
            kind,
            person=person,
            sentence_id=sentence_id,
            before=before,
            after=after,
            detail=_detail(note, together),
            request=request,
        )
        await self._bring(project_id, sentence_id, person, before=before, after=after)
        return Step(event_id, kind, sentence_id, person, before, after, request, together)

    async def last_step(
        self, project_id: int, person: str, *, sentence_id: int | None = None
    ) -> Step | None:
        """The person's newest step that is neither an undo nor undone."""
        undoing = event.alias("undoing")
        wanted = select(*_STEP).where(
            in_project(event),
            event.c.person == person,
            event.c.kind.in_(STEP_KINDS),
            ~exists().where(here(undoing), undoing.c.undoes == event.c.id),
        )
        if sentence_id is not None:
            wanted = wanted.where(event.c.sentence_id == sentence_id)
        wanted = wanted.order_by(event.c.id.desc()).limit(1)
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else _to_step(row)

    async def undo(
        self, project_id: int, step: Step, *, request: str, by: str | None = None
    ) -> AnnotationState:
        """Append an undo event and bring back what stood before the step, under the names its
        labels have now; `by` is who takes back another person's step. Raises NotFound where there
        is no such step."""
        undone = await self.step(project_id, step.id)
        if undone is None:
            raise NotFound("That step is not here, or no longer.")
        place = (project_id, undone.sentence_id, undone.person)
        stands = await self._state(*place)
        after = await self._as_now(project_id, undone, undone.before)
        await self._events().add(
            project_id,
            StepKind.UNDONE,
            person=undone.person,
            sentence_id=undone.sentence_id,
            before=stands,
            after=after,
            undoes=undone.id,
            request=request,
            detail=None if by in {None, undone.person} else {"by": by},
        )
        await self._bring(*place, before=stands, after=after)
        return after

    async def step(self, project_id: int, event_id: int) -> Step | None:
        """A step on an annotation by the id of its event."""
        wanted = select(*_STEP).where(
            in_project(event), event.c.id == event_id, event.c.kind.in_(STEP_KINDS)
        )
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else _to_step(row)

    async def still_stands(self, project_id: int, step: Step) -> bool:
        """Whether the annotation is as the step left it, whatever its labels are called now."""
        stands = await self._state(project_id, step.sentence_id, step.person)
        return stands == await self._as_now(project_id, step, step.after)

    async def _as_now(self, project_id: int, step: Step, then: AnnotationState) -> AnnotationState:
        names = Relabelling(self.tx)
        spans = await names.as_now(
            project_id,
            then.spans,
            event_id=step.id,
            sentence_id=step.sentence_id,
            person=step.person,
        )
        return AnnotationState(spans, then.finished)

    async def undo_together(
        self, project_id: int, person: str, step: str, *, request: str
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Take back what the person changed in the request `step`, apart from what is taken back
        already: the sentences where that was done, and those that no longer stand as the step left
        them, which stay."""
        rows = (await self.execute(_MADE_IN, project_id, person=person, step=step)).all()
        undone: list[int] = []
        kept: list[int] = []
        for row in rows:
            made = _to_step(row)
            stands = AnnotationState(row.spans or (), finished=bool(row.finished))
            if stands != (now := await self._as_now(project_id, made, made.after)):
                kept.append(made.sentence_id)
                continue
            await self._take_back(project_id, made, now, request=request)
            undone.append(made.sentence_id)
        return tuple(undone), tuple(kept)

    async def _take_back(
        self, project_id: int, step: Step, now: AnnotationState, *, request: str
    ) -> None:
        """Undo a step whose sentence stands as it left it, which is `now` under the names its labels have
        by now. One that only added is taken back without looking more up: there may be hundreds."""
        if now != step.after or not set(step.before.spans) <= set(step.after.spans):
            await self.undo(project_id, step, request=request)
            return
        await self._events().add(
            project_id,
            StepKind.UNDONE,
            person=step.person,
            sentence_id=step.sentence_id,
            before=step.after,
            after=step.before,
            undoes=step.id,
            request=request,
        )
        place = (project_id, step.sentence_id, step.person)
        await self._bring(*place, before=step.after, after=step.before)

    async def gold(self, project_id: int, *, with_unfinished: bool = False) -> tuple[Gold, ...]:
        """Finished sentences whose finished annotators agree, by sentence id; on request those
        that nobody has finished and somebody has labelled in after them."""
        finished = await read_gold(self.connection, self.workspace, project_id)
        if not with_unfinished:
            return finished
        return finished + await read_unfinished(self.connection, self.workspace, project_id)

    async def finished_since(self, project_id: int, person: str, since: datetime) -> int:
        """How many sentences stand finished by this person that they worked on since then."""
        found = await self.execute(_FINISHED_SINCE, project_id, person=person, since=since)
        return int(found.scalar_one())

    async def phrases(self, project_id: int, *, limit: int) -> tuple[tuple[str, str], ...]:
        """Labelled phrases as they stand in their texts, each with its label, from the `limit`
        newest sentences that somebody labelled in; the newest first, the same phrase as often as
        it was labelled."""
        rows = await self.execute(_LABELLED, project_id, newest=limit)
        return tuple(
            (row.text[span.start : span.end], span.label) for row in rows for span in row.spans
        )

    async def counts(self, project_id: int) -> ProjectCounts:
        """How many sentences are finished and agreed on, unfinished (some span, nobody finished)
        and disputed."""
        return await count_sentences(self.connection, self.workspace, project_id)

    async def _state(self, project_id: int, sentence_id: int, person: str) -> AnnotationState:
        mine = and_(
            annotation.c.workspace == sentence.c.workspace,
            annotation.c.project_id == sentence.c.project_id,
            annotation.c.sentence_id == sentence.c.id,
            annotation.c.person == person,
        )
        wanted = (
            select(annotation.c.spans, annotation.c.finished)
            .select_from(sentence.outerjoin(annotation, mine))
            .where(in_project(sentence), sentence.c.id == sentence_id)
        )
        row = (await self.execute(wanted, project_id)).first()
        if row is None:
            raise NotFound("That sentence is not here, or no longer.")
        if row.finished is None:
            return AnnotationState()
        return AnnotationState(spans=row.spans, finished=row.finished)

    async def _bring(
        self,
        project_id: int,
        sentence_id: int,
        person: str,
        *,
        before: AnnotationState,
        after: AnnotationState,
    ) -> None:
        if after == before:
            return
        brought = await self.execute(
            _BRING,
            project_id,
            sentence_id=sentence_id,
            person=person,
            spans=after.spans,
            finished=after.finished,
            updated_at=self.clock(),
            spans_before=before.spans,
            finished_before=before.finished,
        )
        if brought.first() is None:
            raise StoreUnavailable("the annotation was changed at the same time")
        if after.finished != before.finished:
            more = 1 if after.finished else -1
            await self.execute(_COUNT_FINISHER, project_id, sentence_id=sentence_id, more=more)
            turns = Turns(self.tx)
            if after.finished:
                await turns.answered(project_id, person, sentence_id)
            else:
                await turns.open_again(project_id, person, sentence_id)

    def _events(self) -> Events:
        return Events(self.tx)


def _detail(note: str | None, together: int) -> dict[str, Any] | None:
    detail: dict[str, Any] = {} if note is None else {"note": note}
    if together > 1:
        detail[_TOGETHER] = together
    return detail or None


def _to_step(row: Row[*tuple[Any, ...]]) -> Step:
    return Step(
        id=row.id,
        kind=StepKind(row.kind),
        sentence_id=row.sentence_id,
        person=row.person,
        before=row.before,
        after=row.after,
        request=row.request or "",
        together=(row.detail or {}).get(_TOGETHER, 1),
    )
