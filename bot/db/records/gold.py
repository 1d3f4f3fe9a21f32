"""Which sentences training may use, some at a time: a project may have more of them than memory has room for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.records.counting import begun, finished
from bot.db.records.sentences import COLUMNS, to_sentence
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, sentence
from bot.db.types import Id
from bot.domain.project import Gold

#: Rows read and turned into values at a time, so that the event loop is never held for more than some milliseconds.
_AT_ONCE = 200

GoldPages = AsyncIterator[Sequence[Gold]]
_Row = Row[*tuple[Any, ...]]


async def read_gold(
    connection: AsyncConnection, workspace: str, project_id: int
) -> tuple[Gold, ...]:
    """Finished sentences by id: those a reviewer decided on, and those whose finished annotators
    agree."""
    pages = gold_pages(connection, workspace, project_id)
    return tuple([each async for page in pages for each in page])


async def gold_pages(
    connection: AsyncConnection,
    workspace: str,
    project_id: int,
    *,
    only: Sequence[int] | None = None,
) -> GoldPages:
    """The same some at a time, or those of these ids."""
    wanted = finished(workspace, project_id)
    async for of_page in _sentences(connection, wanted, only):
        yield [gold for rows in of_page if (gold := _agreed(rows)) is not None]


async def unfinished_pages(
    connection: AsyncConnection,
    workspace: str,
    project_id: int,
    *,
    only: Sequence[int] | None = None,
) -> GoldPages:
    """Sentences nobody has finished, with the spans of whoever labelled most in them; or those of these ids."""
    wanted = and_(*begun(workspace, project_id)[:-1])
    async for of_page in _sentences(connection, wanted, only):
        yield [_labelled_most(rows) for rows in of_page if not rows[0].finished_by]


def _page(wanted: ColumnElement[bool]) -> Select[Any]:
    """Annotations behind a place, with their sentences and what a reviewer decided."""
    at, person = annotation.c.sentence_id, annotation.c.person
    after_id, after = bindparam("after_id", type_=Id), bindparam("after", type_=person.type)
    # First and bounded by a number that SQLite sees: else it makes a filter of all sentences for each page.
    some = (
        select(annotation.c.workspace, annotation.c.project_id, at, person, annotation.c.spans)
        # The first condition alone is what an index is searched by.
        .where(wanted, at >= after_id, or_(at > after_id, person > after))
        .order_by(at, person)
        .limit(literal_column(str(_AT_ONCE)))
        .subquery("some")
    )
    decided = and_(
        decision.c.workspace == some.c.workspace,
        decision.c.project_id == some.c.project_id,
        decision.c.sentence_id == some.c.sentence_id,
    )
    its = and_(
        sentence.c.workspace == some.c.workspace,
        sentence.c.project_id == some.c.project_id,
        sentence.c.id == some.c.sentence_id,
    )
    return (
        select(
            *COLUMNS,
            sentence.c.finished_by,
            some.c.person,
            some.c.spans,
            decision.c.spans.label("decided"),
        )
        .select_from(some.join(sentence, its).outerjoin(decision, decided))
        .order_by(some.c.sentence_id, some.c.person)
    )


def _agreed(rows: Sequence[_Row]) -> Gold | None:
    """What all who finished a sentence say of it, or its reviewer; None where they do not agree."""
    spans = [row.spans if row.decided is None else row.decided for row in rows]
    if any(each != spans[0] for each in spans):
        return None
    return Gold(to_sentence(rows[0]), spans[0])


def _labelled_most(rows: Sequence[_Row]) -> Gold:
    most = max(rows, key=lambda row: len(row.spans))  # the first of several
    return Gold(to_sentence(most), most.spans, finished=False)


async def _sentences(
    connection: AsyncConnection, wanted: ColumnElement[bool], only: Sequence[int] | None
) -> AsyncIterator[list[list[_Row]]]:
    """The wanted annotations of each sentence in order, some sentences at a time, and of a sentence all of them."""
    page = _page(wanted if only is None else and_(wanted, annotation.c.sentence_id.in_(only)))
    last: dict[str, Any] = {"after_id": 0, "after": ""}
    whole: list[list[_Row]] = []
    while rows := (await connection.execute(page, last)).all():
        for row in rows:
            if whole and whole[-1][0].id == row.id:
                whole[-1].append(row)
            else:
                whole.append([row])
        last = {"after_id": rows[-1].id, "after": rows[-1].person}
        # The last one may have more rows in the next page.
        if whole[:-1]:
            yield whole[:-1]
            whole = whole[-1:]
        await asyncio.sleep(0)
    if whole:
        yield whole
