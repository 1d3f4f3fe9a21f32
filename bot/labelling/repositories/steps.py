"""Steps that people took, and how they are undone."""

from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, select

from bot.db.records.events import STEP_KINDS, Events
from bot.db.records.relabelling import Relabelling
from bot.db.repository import Repository, here, in_project
from bot.db.tables.sentences import annotation, event, sentence
from bot.domain.steps import AnnotationState, Step, StepKind
from bot.errors import NotFound
from bot.labelling.repositories.annotations import ADDED, REPLACED, TOGETHER, Annotations
from bot.projects.repositories.labels import Labels

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
_UNDOING = event.alias("undoing")
_OVER_SEVERAL = tuple(
    kind.value for kind in (StepKind.LABELLED, StepKind.FINISHED, StepKind.NO_ENTITIES)
)
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
        event.c.kind.in_(_OVER_SEVERAL),
        ~exists().where(here(_UNDOING), _UNDOING.c.undoes == event.c.id),
    )
    .order_by(event.c.id.desc())
)


class Steps(Repository):
    """Events that changed a person's annotation; what takes one back is an event, too."""

    __slots__ = ()

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
        labels have now; `by` is who undoes another person's step. Raises NotFound where there
        is no such step."""
        undone = await self.step(project_id, step.id)
        if undone is None:
            raise NotFound("That step is not here, or no longer.")
        place = (project_id, undone.sentence_id, undone.person)
        stands = await self._state(*place)
        after = await self._as_now(project_id, undone, undone.before)
        await Events(self.tx).add(
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
        await Annotations(self.tx).bring(*place, before=stands, after=after)
        await self._have_labels(project_id, after, person=by or undone.person)
        return after

    async def _have_labels(self, project_id: int, state: AnnotationState, *, person: str) -> None:
        """Labels that went since, with the step that made them, are there again for what carries them again."""
        there = {label.name for label in await Labels(self.tx).all(project_id)}
        for name in sorted({span.label for span in state.spans} - there):
            await Labels(self.tx).add(project_id, name, person=person)

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
        """Undo what the person changed in the request `step`, apart from what is undone
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

    async def added_in(self, project_id: int, person: str, step: str) -> frozenset[int]:
        """The sentences that were stored with the steps of the request `step`."""
        wanted = select(event.c.sentence_id, event.c.detail).where(
            in_project(event), event.c.person == person, event.c.request == step
        )
        rows = await self.execute(wanted, project_id)
        return frozenset(row.sentence_id for row in rows if (row.detail or {}).get(ADDED))

    async def _take_back(
        self, project_id: int, step: Step, now: AnnotationState, *, request: str
    ) -> None:
        """Undo a step whose sentence stands as it left it, which is `now` under the names its labels have
        by now. One that only added is undone without looking more up: there may be hundreds."""
        if now != step.after or not set(step.before.spans) <= set(step.after.spans):
            await self.undo(project_id, step, request=request)
            return
        await Events(self.tx).add(
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
        await Annotations(self.tx).bring(*place, before=step.after, after=step.before)

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


def _to_step(row: Row[*tuple[Any, ...]]) -> Step:
    return Step(
        id=row.id,
        kind=StepKind(row.kind),
        sentence_id=row.sentence_id,
        person=row.person,
        before=row.before,
        after=row.after,
        request=row.request or "",
        together=(row.detail or {}).get(TOGETHER, 1),
        replaced=(row.detail or {}).get(REPLACED),
        added=bool((row.detail or {}).get(ADDED)),
    )
