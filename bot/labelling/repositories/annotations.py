"""Annotations as they stand, written together with the events that brought them there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
    update,
)

from bot.db.records.assignments import Assignments
from bot.db.records.counters import Counters
from bot.db.records.events import Events
from bot.db.records.gold import GoldPages, gold_pages, unfinished_pages
from bot.db.repository import Insert, Repository, by_key, here, in_project, inserts, replace_columns
from bot.db.tables.queue import skip
from bot.db.tables.sentences import annotation, flag, sentence
from bot.domain.project import Annotation, Gold, ProjectCounts, Sentence
from bot.domain.steps import AnnotationState, Step, StepKind
from bot.errors import StoreUnavailable
from bot.labelling.repositories.today import of_today

#: How a step over several sentences is told in the event of each.
TOGETHER = "together"
REPLACED = "replaced"
ADDED = "added"
# The key begins with the project: without it, all annotations of the workspace would be looked through.
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
_ADDED_BY = by_key(
    select(sentence.c.person).where(in_project(sentence), sentence.c.id == bindparam("sentence_id"))
)
_COUNT_FINISHER = by_key(
    update(sentence)
    .where(in_project(sentence), sentence.c.id == bindparam("sentence_id"))
    .values(finished_by=sentence.c.finished_by + bindparam("more"))
)

#: So many times as many as are wanted are looked at: those that people finished differently are left out.
_LOOKED_AT = 4
_NEWEST_FINISHED = (
    select(annotation.c.sentence_id)
    # As the index by time has it, which leaves out what is begun.
    .where(in_project(annotation), literal_column("annotation.finished"))
    .order_by(annotation.c.updated_at.desc(), annotation.c.sentence_id.desc())
    .limit(bindparam("many"))
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
        replaced: str | None = None,
        added: bool = False,
    ) -> Step:
        """Append the event and bring the annotation to `after`, in this transaction. Raises
        StoreUnavailable where it no longer stands as `annotation` says, so that the event tells
        what really was. A step over several sentences says over how many, a second flag or skip what it `replaced`,
        one that brought the sentence that it was `added`."""
        self.tx.need_room()
        sentence_id, person = annotation.sentence.id, annotation.person
        before = AnnotationState(annotation.spans, annotation.finished)
        event_id = await Events(self.tx).add(
            project_id,
            kind,
            person=person,
            sentence_id=sentence_id,
            before=before,
            after=after,
            detail=_detail(note, together, replaced, added=added),
            request=request,
        )
        await self.bring(project_id, sentence_id, person, before=before, after=after)
        return Step(
            event_id, kind, sentence_id, person, before, after, request, together, replaced, added
        )

    async def added_by(self, project_id: int, sentence_id: int) -> str | None:
        """Whoever added a sentence."""
        found: str | None = (
            await self.execute(_ADDED_BY, project_id, sentence_id=sentence_id)
        ).scalar()
        return found

    async def others_on(self, project_id: int, sentence_id: int, person: str) -> int:
        """How many other people have labelled a sentence."""
        wanted = select(func.count()).where(*_of_others(annotation, sentence_id, person))
        return int((await self.execute(wanted, project_id)).scalar_one())

    async def is_used_by_others(self, project_id: int, sentence_id: int, person: str) -> bool:
        """Whether anybody else has labelled, skipped or flagged a sentence."""
        places = [
            select(table.c.person).where(*_of_others(table, sentence_id, person))
            for table in (annotation, skip, flag)
        ]
        return (await self.execute(union_all(*places), project_id)).first() is not None

    async def gold(
        self,
        project_id: int,
        *,
        with_unfinished: bool = False,
        only: Sequence[int] | None = None,
    ) -> tuple[Gold, ...]:
        """What `gold_pages` gives, at once."""
        pages = self.gold_pages(project_id, with_unfinished=with_unfinished, only=only)
        return tuple([each async for page in pages for each in page])

    async def gold_pages(
        self,
        project_id: int,
        *,
        with_unfinished: bool = False,
        only: Sequence[int] | None = None,
    ) -> GoldPages:
        """Finished sentences whose annotators agree, by id; on request those begun after them. Some at a time."""
        place = (self.connection, self.workspace, project_id)
        async for page in gold_pages(*place, only=only):
            yield page
        if with_unfinished:
            async for page in unfinished_pages(*place, only=only):
                yield page

    async def newest_gold(self, project_id: int, *, limit: int) -> tuple[Gold, ...]:
        """Those of `gold` that somebody finished last, by id, without a look at all the others."""
        if not limit:
            return ()
        rows = await self.execute(_NEWEST_FINISHED, project_id, many=_LOOKED_AT * limit)
        newest = list(dict.fromkeys(rows.scalars()))
        found = await self.gold(project_id, only=newest)
        wanted = sorted(found, key=lambda each: newest.index(each.sentence.id))[:limit]
        return tuple(sorted(wanted, key=lambda each: each.sentence.id))

    async def finished_since(self, project_id: int, person: str, since: datetime) -> int:
        """How many sentences stand finished by this person that they worked on since then."""
        wanted, this = of_today(self.tx.put_off)
        found = await self.execute(wanted, project_id, person=person, since=since, **this)
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
        return await Counters(self.tx).of(project_id)

    async def bring(
        self,
        project_id: int,
        sentence_id: int,
        person: str,
        *,
        before: AnnotationState,
        after: AnnotationState,
    ) -> None:
        """Bring a person's annotation of a sentence to `after`, beside the event that says why. Raises
        StoreUnavailable where it no longer stands as `before` says."""
        if after == before:
            return
        if before.finished:
            self.tx.must_be_alone()  # who waits for the sentence changes, too
        counters = Counters(self.tx)
        standing = await counters.standing(project_id, sentence_id)
        await self._write(project_id, sentence_id, person, before=before, after=after)
        await counters.changed(project_id, standing, standing.once_said(person, after))
        turns = Assignments(self.tx)
        if after.finished and not before.finished:
            if self.tx.put_off is not None:
                await turns.finished(project_id, person, sentence_id)
            else:
                more = {"sentence_id": sentence_id, "more": 1}
                await self.execute(_COUNT_FINISHER, project_id, **more)
                await turns.answered(project_id, person, sentence_id)
        elif before.finished and not after.finished:
            await turns.open_again(project_id, person, sentence_id)
        elif not after.finished:
            await turns.worked_on(project_id, person, sentence_id)

    async def _write(
        self,
        project_id: int,
        sentence_id: int,
        person: str,
        *,
        before: AnnotationState,
        after: AnnotationState,
    ) -> None:
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
        if before.finished and not after.finished:
            await self.execute(_COUNT_FINISHER, project_id, sentence_id=sentence_id, more=-1)


def _of_others(table: Table, sentence_id: int, person: str) -> tuple[ColumnElement[bool], ...]:
    return in_project(table), table.c.sentence_id == sentence_id, table.c.person != person


def _detail(
    note: str | None, together: int, replaced: str | None, *, added: bool
) -> dict[str, Any] | None:
    detail: dict[str, Any] = {} if note is None else {"note": note}
    if together > 1:
        detail[TOGETHER] = together
    if replaced is not None:
        detail[REPLACED] = replaced
    if added:
        detail[ADDED] = True
    return detail or None
