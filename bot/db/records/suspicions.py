"""Finished sentences that may be labelled wrongly: what the last training says, as long as nobody has changed them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, literal_column, select

from bot.db.many_rows import insert_rows
from bot.db.records.sentences import COLUMNS, to_sentence
from bot.db.repository import Repository, in_project
from bot.db.tables.review import decision, suspicion
from bot.db.tables.sentences import annotation, sentence
from bot.domain.project import Sentence
from ner_engine.annotation import Span
from ner_engine.results import Suspicion

#: Less probable errors are not worth a reviewer's look.
WORTH_A_LOOK = 0.1

#: Ids in one statement: both databases take some 32,000 values at most.
_AT_ONCE = 10_000

_CHANGED = exists().where(
    in_project(annotation),
    annotation.c.sentence_id == sentence.c.id,
    annotation.c.updated_at > suspicion.c.created_at,
)
_DECIDED = exists().where(in_project(decision), decision.c.sentence_id == sentence.c.id)
_ONE, _OTHER = annotation.alias("one"), annotation.alias("other")
# People who differ are a disagreement instead, which is reviewed as such.
_DIFFER = exists().where(
    in_project(_ONE),
    in_project(_OTHER),
    _ONE.c.sentence_id == sentence.c.id,
    _OTHER.c.sentence_id == sentence.c.id,
    _ONE.c.finished,
    _OTHER.c.finished,
    _ONE.c.spans < _OTHER.c.spans,
)
_OPEN = (
    in_project(suspicion),
    in_project(sentence),
    suspicion.c.probability >= WORTH_A_LOOK,
    ~_CHANGED,
    ~_DECIDED,
    ~_DIFFER,
    sentence.c.finished_by > literal_column("0"),
)
_FOUND = (
    select(*COLUMNS, suspicion.c.probability, suspicion.c.spans.label("reading"))
    .select_from(suspicion.join(sentence, suspicion.c.sentence_id == sentence.c.id))
    .where(*_OPEN)
)


@dataclass(frozen=True, slots=True)
class Suspected:
    """A sentence as it is labelled, how probable it is that this is wrong, and how a model reads it."""

    sentence: Sentence
    spans: tuple[Span, ...]
    people: tuple[str, ...]
    """Who labelled it so."""
    probability: float
    reading: tuple[Span, ...]


class Suspicions(Repository):
    """What the last training that ended well says of a project's finished sentences."""

    __slots__ = ()

    async def replace(self, project_id: int, found: Sequence[Suspicion]) -> None:
        """These instead of those of the training before; sentences that are gone are left out."""
        await self.execute(delete(suspicion).where(in_project(suspicion)), project_id)
        known = await self._there([each.sentence for each in found], project_id)
        kept = [each for each in found if each.sentence in known]
        await insert_rows(
            self.connection,
            suspicion,
            {
                "sentence_id": [each.sentence for each in kept],
                "probability": [each.probability for each in kept],
                "spans": [each.spans for each in kept],
            },
            workspace=self.workspace,
            project_id=project_id,
            created_at=self.clock(),
        )

    async def _there(self, wanted: Sequence[int], project_id: int) -> set[int]:
        known: set[int] = set()
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            there = select(sentence.c.id).where(in_project(sentence), sentence.c.id.in_(some))
            known.update((await self.execute(there, project_id)).scalars())
        return known

    async def any(self, project_id: int) -> bool:
        """Whether a training has looked for errors."""
        wanted = select(suspicion.c.sentence_id).where(in_project(suspicion)).limit(1)
        return (await self.execute(wanted, project_id)).first() is not None

    async def left(self, project_id: int, labels: Collection[str]) -> int:
        """How many are worth a look, can be shown with these labels, and nobody has looked at."""
        wanted = (
            select(suspicion.c.spans)
            .select_from(suspicion.join(sentence, suspicion.c.sentence_id == sentence.c.id))
            .where(*_OPEN)
        )
        readings = (await self.execute(wanted, project_id)).scalars()
        return sum({span.label for span in reading} <= {*labels} for reading in readings)

    async def next(self, project_id: int, *, after: int = 0) -> Suspected | None:
        """The most probable one, or the one behind a sentence in that order."""
        place = select(suspicion.c.probability).where(
            in_project(suspicion), suspicion.c.sentence_id == after
        )
        before = (await self.execute(place, project_id)).scalar()
        wanted = _FOUND.order_by(suspicion.c.probability.desc(), sentence.c.id)
        if before is not None:
            lower = suspicion.c.probability < before
            same = and_(suspicion.c.probability == before, sentence.c.id > after)
            wanted = wanted.where(lower | same)
        for row in (await self.execute(wanted.limit(20), project_id)).all():
            found = await self._of(project_id, row)
            if found is not None:
                return found
        return None

    async def of(self, project_id: int, sentence_id: int) -> Suspected | None:
        """That of a sentence; None where it was changed or decided on since."""
        wanted = _FOUND.where(sentence.c.id == sentence_id)
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else await self._of(project_id, row)

    async def _of(self, project_id: int, row: Row[Any]) -> Suspected | None:
        mine = to_sentence(row)
        wanted = (
            select(annotation.c.person, annotation.c.spans)
            .where(
                in_project(annotation),
                annotation.c.sentence_id == mine.id,
                annotation.c.finished,
            )
            .order_by(annotation.c.updated_at, annotation.c.person)
        )
        rows = (await self.execute(wanted, project_id)).all()
        if not rows or len({each.spans for each in rows}) > 1:
            return None
        people = tuple(each.person for each in rows)
        return Suspected(mine, rows[0].spans, people, row.probability, row.reading)

    async def doubly_annotated(self, project_id: int) -> int:
        """How many sentences several people have finished."""
        wanted = select(func.count()).where(
            in_project(sentence), sentence.c.finished_by > literal_column("1")
        )
        return int((await self.execute(wanted, project_id)).scalar_one())
