"""Sums of a project that are kept, so that nobody waits until they are counted."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import and_, bindparam, delete, func, literal_column, select

from bot.db.records.counting import count_sentences
from bot.db.repository import Repository, by_key, in_project, inserts
from bot.db.tables.counters import counter
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, sentence
from bot.domain.project import ProjectCounts

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
_BY_PERSON = (
    select(annotation.c.person, func.count().label("number"))
    .where(and_(in_project(annotation), annotation.c.finished))
    .group_by(annotation.c.person)
)


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
        before = await self._stands(project_id, sentence_id)
        yield
        after = await self._stands(project_id, sentence_id)
        await self._add(project_id, Counter(after), before)

    async def sentences_added(self, project_id: int, more: int) -> None:
        """Sentences that nobody worked with came, or went where `more` is negative."""
        if more:
            await self._add(project_id, Counter({SENTENCES: more}), {})

    async def add(self, project_id: int, more: Counter[Key]) -> None:
        """Sentences came that are counted as this."""
        await self._add(project_id, more, {})

    async def _add(self, project_id: int, more: Counter[Key], less: Sums) -> None:
        more.subtract(less)
        for (kind, name), value in more.items():
            if value:
                await self.execute(_ADD, project_id, kind=kind, name=name, value=value)

    async def _stands(self, project_id: int, sentence_id: int) -> Sums:
        """What one sentence is counted as."""
        rows = (await self.execute(_STANDS, project_id, sentence_id=sentence_id)).all()
        if not rows:
            return {}
        found: Counter[Key] = Counter()
        found.update((PERSON, row.person) for row in rows if row.finished)
        finished = [row.spans for row in rows if row.finished]
        if not rows[0].finished_by:
            found[UNFINISHED] += any(row.spans for row in rows if not row.finished)
            return found
        decided = rows[0].decided
        if decided is None and any(spans != finished[0] for spans in finished):
            found[DISPUTED] += 1
            return found
        found[FINISHED] += 1
        gold = decided if decided is not None else finished[0] if finished else ()
        found.update((LABEL, span.label) for span in gold)
        return found

    async def kept(self, project_id: int) -> dict[Key, int]:
        """The sums as they are kept; those that are 0 are left out."""
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
