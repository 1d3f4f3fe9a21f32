"""What an import brought, taken out again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Text, and_, bindparam, delete, exists, or_, select, type_coerce

from bot.db.records.counters import SENTENCES, Counters, Key
from bot.db.records.events import STEP_KINDS
from bot.db.repository import Repository, here, in_project
from bot.db.tables import metadata
from bot.db.tables.deleted import bin_
from bot.db.tables.exchange import origin
from bot.db.tables.queue import hand, skip
from bot.db.tables.review import correction, decision
from bot.db.tables.sentences import annotation, event, flag, sentence
from bot.domain.events import EventKind
from bot.exchange.repositories.bulk import counted_as, source_of
from bot.exchange.values import NewAnnotation

_SOME = (
    select(origin.c.place, origin.c.sentence_id)
    .where(in_project(origin), origin.c.import_id == bindparam("number"))
    .order_by(origin.c.place.desc())
    .limit(bindparam("many"))
)
_MINE = and_(in_project(sentence), sentence.c.id.in_(bindparam("ids", expanding=True)))
_OTHERS_STEP = exists().where(
    in_project(event),
    event.c.sentence_id == sentence.c.id,
    or_(event.c.request.is_(None), event.c.request != bindparam("source")),
)
_OTHERS_ORIGIN = exists().where(
    in_project(origin),
    origin.c.sentence_id == sentence.c.id,
    origin.c.import_id != bindparam("number"),
)
_UNTOUCHED = select(sentence.c.id).where(
    _MINE,
    sentence.c.source == bindparam("source"),
    ~_OTHERS_STEP,
    ~_OTHERS_ORIGIN,
    *(
        ~exists().where(in_project(table), table.c.sentence_id == sentence.c.id)
        for table in (hand, skip, flag, decision, correction)
    ),
)
_SAID = select(
    annotation.c.sentence_id, annotation.c.person, annotation.c.spans, annotation.c.finished
).where(in_project(annotation), annotation.c.sentence_id.in_(bindparam("ids", expanding=True)))
#: Every table with rows about sentences; what was deleted is kept for whoever undoes that.
_OF_SENTENCE = tuple(
    table for table in metadata.sorted_tables if "sentence_id" in table.c and table is not bin_
)
_UNDOING = event.alias("undoing")
_STEPS = (
    select(event.c.id)
    .where(
        in_project(event),
        event.c.sentence_id.in_(bindparam("ids", expanding=True)),
        event.c.request == bindparam("source"),
        event.c.kind.in_(STEP_KINDS),
        ~exists().where(here(_UNDOING), _UNDOING.c.undoes == event.c.id),
    )
    .order_by(event.c.id.desc())
)
_LINE = select(event.c.id).where(
    in_project(event),
    event.c.kind == EventKind.IMPORTED.value,
    event.c.undoes.is_(None),
    type_coerce(event.c.detail, Text).like(bindparam("said")),
)


class TakenBack(Repository):
    """Removes the rows of an import, some at a time."""

    __slots__ = ()

    async def some(
        self, project_id: int, import_id: int, *, many: int
    ) -> tuple[tuple[int, ...], frozenset[int]]:
        """The last places of an import that are still there, and their sentences."""
        rows = (await self.execute(_SOME, project_id, number=import_id, many=many)).all()
        return tuple(row.place for row in rows), frozenset(row.sentence_id for row in rows)

    async def untouched(
        self, project_id: int, import_id: int, ids: Collection[int]
    ) -> frozenset[int]:
        """Those of these sentences that came with the import and that nobody has worked with."""
        rows = await self.execute(
            _UNTOUCHED, project_id, number=import_id, source=source_of(import_id), ids=sorted(ids)
        )
        return frozenset(rows.scalars())

    async def steps(self, project_id: int, import_id: int, ids: Collection[int]) -> tuple[int, ...]:
        """The events of annotations that the import brought to these sentences, the newest first."""
        rows = await self.execute(_STEPS, project_id, source=source_of(import_id), ids=sorted(ids))
        return tuple(rows.scalars())

    async def remove(self, project_id: int, ids: Collection[int]) -> None:
        """Remove sentences with their annotations and the events of these."""
        less: Counter[Key] = Counter({SENTENCES: len(ids)})
        said = defaultdict[int, list[NewAnnotation]](list)
        for row in await self.execute(_SAID, project_id, ids=sorted(ids)):
            said[row.sentence_id].append(NewAnnotation(row.person, row.spans, row.finished))
        for annotations in said.values():
            less.update(counted_as(annotations))
        for table in (*_OF_SENTENCE, sentence):
            key: Any = table.c.id if table is sentence else table.c.sentence_id
            await self.execute(
                delete(table).where(in_project(table), key.in_(sorted(ids))), project_id
            )
        await Counters(self.tx).add(project_id, Counter({key: -n for key, n in less.items()}))

    async def drop_places(self, project_id: int, import_id: int, places: Sequence[int]) -> None:
        """These places are done with."""
        await self.execute(
            delete(origin).where(
                in_project(origin),
                origin.c.import_id == import_id,
                origin.c.place.in_(places),
            ),
            project_id,
        )

    async def line(self, project_id: int, import_id: int) -> int | None:
        """The event that says that the import was done."""
        found = await self.execute(_LINE, project_id, said=f'{{"import":{import_id},%')
        number: int | None = found.scalar()
        return number
