"""Sums of a project that are kept, so that nobody waits until they are counted."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import and_, bindparam, delete, func, literal_column, select

from bot.db.records.counting import count_sentences
from bot.db.repository import Repository, by_key, here, in_project, inserts
from bot.db.tables.counters import counter
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, sentence
from bot.db.turns import Contended
from bot.db.written_in_order import ADD_SUMS, sums_as_values
from bot.domain.project import ProjectCounts
from bot.domain.steps import AnnotationState
from bot.errors import LimitReached
from ner_engine.annotation import Span

#: The kind of a sum, and the label's or person's name.
Key = tuple[str, str]
Sums = Mapping[Key, int]

SENTENCES: Key = ("sentences", "")
FINISHED: Key = ("finished", "")
UNFINISHED: Key = ("unfinished", "")
DISPUTED: Key = ("disputed", "")
LABEL, PERSON = "label", "person"

_KEPT = by_key(
    select(counter.c.kind, counter.c.name, counter.c.value).where(
        in_project(counter), counter.c.value != 0
    )
)
_ADD = inserts(
    counter,
    lambda insert: insert.on_conflict_do_update(
        index_elements=list(counter.primary_key),
        set_={"value": counter.c.value + insert.excluded.value},
    ),
)
_OF_ITS = (
    "{0}.workspace = sentence.workspace AND {0}.project_id = sentence.project_id "
    "AND {0}.sentence_id = sentence.id"
)
_STANDS = by_key(
    select(
        sentence.c.finished_by,
        decision.c.spans.label("decided"),
        annotation.c.person,
        annotation.c.spans,
        annotation.c.finished,
    )
    .select_from(
        sentence.outerjoin(decision, literal_column(_OF_ITS.format("decision"))).outerjoin(
            annotation, literal_column(_OF_ITS.format("annotation"))
        )
    )
    .where(in_project(sentence), sentence.c.id == bindparam("sentence_id"))
)
_IN_WORKSPACE = by_key(
    select(func.sum(counter.c.value)).where(
        here(counter), counter.c.kind == literal_column(f"'{SENTENCES[0]}'")
    )
)
_TOO_MANY = (
    "This workspace may have {most}, and this would be more. Delete some that nobody needs (/label delete), or ask "
    "whoever runs nerbot for a higher NERBOT_WORKSPACE_SENTENCES."
)
_BY_PERSON = (
    select(annotation.c.person, func.count().label("number"))
    .where(and_(in_project(annotation), annotation.c.finished))
    .group_by(annotation.c.person)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of one sentence, as far as it is counted."""

    finished_by: int = 0
    decided: tuple[Span, ...] | None = None
    said: Mapping[str, tuple[tuple[Span, ...], bool]] = field(default_factory=dict)
    """By person: the spans, and whether they finished it."""
    is_there: bool = True

    def once_said(self, person: str, after: AnnotationState) -> "Standing":
        """What stands when a person's annotation is this."""
        if not self.is_there:
            return self
        was = person in self.said and self.said[person][1]
        said = {**self.said, person: (after.spans, after.finished)}
        return replace(self, finished_by=self.finished_by + after.finished - was, said=said)


def counted_as(standing: Standing) -> Counter[Key]:
    """What one sentence is counted as."""
    found: Counter[Key] = Counter()
    if not standing.is_there:
        return found
    found.update((PERSON, person) for person, (_, finished) in standing.said.items() if finished)
    finished = [spans for spans, finished in standing.said.values() if finished]
    if not standing.finished_by:
        found[UNFINISHED] += any(spans for spans, done in standing.said.values() if not done)
        return found
    if standing.decided is None and any(spans != finished[0] for spans in finished):
        found[DISPUTED] += 1
        return found
    found[FINISHED] += 1
    gold = standing.decided
    if gold is None:
        gold = finished[0] if finished else ()
    found.update((LABEL, span.label) for span in gold)
    return found


class Counters(Repository):
    """The sums of a project. Whatever changes an annotation, a decision or the sentences says so here."""

    __slots__ = ()

    async def of(self, project_id: int) -> ProjectCounts:
        """How many sentences are of which sort, and how often each label is on the finished ones."""
        kept = await self.kept(project_id)
        labels = [(name, value) for (kind, name), value in kept.items() if kind == LABEL]
        return ProjectCounts(
            sentences=kept.get(SENTENCES, 0),
            finished=kept.get(FINISHED, 0),
            unfinished=kept.get(UNFINISHED, 0),
            disputed=kept.get(DISPUTED, 0),
            spans_per_label=tuple(sorted(labels, key=lambda pair: (-pair[1], pair[0]))),
        )

    async def people(self, project_id: int) -> dict[str, int]:
        """How many sentences stand finished by each person."""
        kept = await self.kept(project_id)
        return {name: value for (kind, name), value in kept.items() if kind == PERSON}

    @asynccontextmanager
    async def changing(self, project_id: int, sentence_id: int) -> AsyncIterator[None]:
        """What changes about a sentence inside the block is counted along, in the same transaction."""
        before = await self.standing(project_id, sentence_id)
        yield
        after = await self.standing(project_id, sentence_id)
        await self.changed(project_id, before, after)

    async def changed(self, project_id: int, before: Standing, after: Standing) -> None:
        """A sentence is counted as what stands after a change, and no longer as what stood before."""
        await self._add(project_id, counted_as(after), counted_as(before))

    async def standing(self, project_id: int, sentence_id: int) -> Standing:
        """What stands of a sentence; nobody else changes that until this transaction ends."""
        if self.tx.put_off is not None:
            await self.tx.put_off.work_on(self.connection, self.workspace, sentence_id)
        rows = (await self.execute(_STANDS, project_id, sentence_id=sentence_id)).all()
        if not rows:
            return Standing(is_there=False)
        said = {row.person: (row.spans, row.finished) for row in rows if row.person is not None}
        return Standing(rows[0].finished_by, rows[0].decided, said)

    async def sentences_added(self, project_id: int, more: int) -> None:
        """Sentences that nobody worked with came, or went where `more` is negative."""
        if more:
            await self._add(project_id, Counter({SENTENCES: more}), {})

    async def add(self, project_id: int, more: Counter[Key]) -> None:
        """Sentences came that are counted as this."""
        await self._add(project_id, more, {})

    async def _add(self, project_id: int, more: Counter[Key], less: Sums) -> None:
        more.subtract(less)
        most = self.tx.limits.sentences if more[SENTENCES] > 0 else None
        if most is not None:
            self.tx.must_be_alone()  # so that what others add is counted, too
        await self._write(project_id, more)
        if most is not None:
            await self._refuse_too_many(most)

    async def _write(self, project_id: int, more: Counter[Key]) -> None:
        sums = {(project_id, *key): value for key, value in more.items()}
        if self.tx.put_off is not None:
            self.tx.put_off.sums.update(sums)
            return
        if self.connection.dialect.name == "postgresql":
            if (values := sums_as_values(sums)) is not None:
                await self.execute(ADD_SUMS, project_id, **values)
            return
        for (kind, name), value in more.items():
            if value:
                await self.execute(_ADD, project_id, kind=kind, name=name, value=value)

    async def all_sentences(self) -> int:
        """How many sentences the workspace has, in all of its projects."""
        return int((await self.execute(_IN_WORKSPACE)).scalar() or 0)

    async def _refuse_too_many(self, most: int) -> None:
        if await self.all_sentences() > most:
            counted = "1 sentence" if most == 1 else f"{most:,} sentences"
            raise LimitReached(_TOO_MANY.format(most=counted))

    async def kept(self, project_id: int) -> dict[Key, int]:
        """The sums as they are kept; those that are 0 are left out."""
        if self.tx.put_off is not None and self.tx.put_off.sums:
            raise Contended  # some of it is still to be written
        rows = await self.execute(_KEPT, project_id)
        return {(row.kind, row.name): row.value for row in rows}

    async def counted(self, project_id: int) -> dict[Key, int]:
        """The same sums, counted. It takes seconds in a large project."""
        counts = await count_sentences(self.connection, self.workspace, project_id)
        sums = {
            SENTENCES: counts.sentences,
            FINISHED: counts.finished,
            UNFINISHED: counts.unfinished,
            DISPUTED: counts.disputed,
        }
        sums |= {(LABEL, label): number for label, number in counts.spans_per_label}
        rows = await self.execute(_BY_PERSON, project_id)
        sums |= {(PERSON, row.person): row.number for row in rows}
        return {key: value for key, value in sums.items() if value}

    async def recount(self, project_id: int) -> None:
        """Count, and keep what was counted."""
        counted = await self.counted(project_id)
        await self.execute(delete(counter).where(in_project(counter)), project_id)
        await self._add(project_id, Counter(counted), {})
