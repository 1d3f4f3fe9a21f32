"""How many sentences there are of each sort. Sums are made in SQL: a project may have 1,000,000 sentences, and the
event loop waits for what Python counts."""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Subquery,
    and_,
    cast,
    distinct,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, sentence
from bot.domain.project import ProjectCounts


def finished(workspace: str, project_id: int) -> ColumnElement[bool]:
    """Annotations that are finished."""
    return and_(
        annotation.c.workspace == workspace,
        annotation.c.project_id == project_id,
        annotation.c.finished,
    )


async def count_sentences(
    connection: AsyncConnection, workspace: str, project_id: int
) -> ProjectCounts:
    """How many sentences of a project are of which sort, and how often each label is on the
    finished ones."""
    here = and_(sentence.c.workspace == workspace, sentence.c.project_id == project_id)
    sentences = select(func.count()).select_from(sentence).where(here)
    waiting = sentences.where(sentence.c.finished_by == literal_column("0"))
    disputed = select(func.count()).select_from(
        shared_sentences(workspace, project_id, agreed=False)
    )
    sums = await connection.execute(
        select(
            sentences.scalar_subquery().label("sentences"),
            waiting.scalar_subquery().label("waiting"),
            disputed.scalar_subquery().label("disputed"),
            _unfinished(workspace, project_id).scalar_subquery().label("unfinished"),
        )
    )
    row = sums.one()
    return ProjectCounts(
        sentences=row.sentences,
        finished=row.sentences - row.waiting - row.disputed,
        unfinished=row.unfinished,
        disputed=row.disputed,
        spans_per_label=await _spans_per_label(connection, workspace, project_id),
    )


def _unfinished(workspace: str, project_id: int) -> Select[int]:
    return (
        select(func.count(distinct(annotation.c.sentence_id)))
        .select_from(annotation.join(sentence, annotation.c.sentence_id == sentence.c.id))
        .where(*begun(workspace, project_id))
    )


def begun(workspace: str, project_id: int) -> tuple[ColumnElement[bool], ...]:
    """Annotations with a span in sentences that nobody has finished."""
    begun: ColumnElement[bool] = literal_column(
        "NOT annotation.finished AND annotation.spans <> '[]'"
    )
    return (
        annotation.c.workspace == workspace,
        annotation.c.project_id == project_id,
        begun,
        sentence.c.finished_by == literal_column("0"),
    )


def shared_sentences(
    workspace: str, project_id: int, *conditions: ColumnElement[bool], agreed: bool
) -> Subquery:
    """Sentences that several people finished and no reviewer decided on, with the spans of those
    who agree or with those who do not; of all, or of those that meet conditions."""
    least, most = func.min(annotation.c.spans), func.max(annotation.c.spans)
    return (
        select(sentence.c.id, least.label("spans"))
        .select_from(sentence.join(annotation, annotation.c.sentence_id == sentence.c.id))
        .where(
            finished(workspace, project_id),
            sentence.c.workspace == workspace,
            sentence.c.project_id == project_id,
            sentence.c.finished_by > literal_column("1"),
            _undecided(workspace, project_id),
            *conditions,
        )
        .group_by(sentence.c.id)
        .having(least == most if agreed else least != most)
        .subquery()
    )


def _decided(workspace: str, project_id: int) -> ColumnElement[bool]:
    return and_(decision.c.workspace == workspace, decision.c.project_id == project_id)


def _undecided(workspace: str, project_id: int) -> ColumnElement[bool]:
    # As a list: both databases make it once, and it is short.
    decided = select(decision.c.sentence_id).where(_decided(workspace, project_id))
    return sentence.c.id.not_in(decided)


async def _spans_per_label(
    connection: AsyncConnection, workspace: str, project_id: int
) -> tuple[tuple[str, int], ...]:
    alone = (
        select(annotation.c.spans)
        .select_from(annotation.join(sentence, annotation.c.sentence_id == sentence.c.id))
        .where(
            finished(workspace, project_id),
            sentence.c.finished_by == literal_column("1"),
            _undecided(workspace, project_id),
        )
    )
    shared = shared_sentences(workspace, project_id, agreed=True)
    decided = (
        select(decision.c.spans)
        .select_from(decision.join(sentence, decision.c.sentence_id == sentence.c.id))
        .where(_decided(workspace, project_id), sentence.c.finished_by > literal_column("0"))
    )
    gold = alone.union_all(select(shared.c.spans), decided).subquery("gold")
    spans, _, _, label = each_span(gold.c.spans, connection.dialect.name)
    number = func.count().label("number")
    rows = await connection.execute(
        select(label.label("label"), number)
        .select_from(gold.join(spans, true()))
        .group_by(literal_column("1"))
    )
    return tuple(sorted(map(_pair, rows), key=lambda pair: (-pair[1], pair[0])))


def _pair(row: Row[*tuple[Any, ...]]) -> tuple[str, int]:
    return row.label, row.number


def each_span(
    spans: ColumnElement[Any], dialect: str
) -> tuple[FromClause, ColumnElement[int], ColumnElement[int], ColumnElement[str]]:
    """The spans of a row as rows of their own, and the start, end and label in each: the one thing
    the databases say differently."""
    if dialect == "sqlite":
        each: Any = func.json_each(spans).table_valued("value", name="each")
        parts: list[Any] = [
            func.json_extract(each.c.value, literal_column(f"'$[{i}]'")) for i in range(3)
        ]
        return each, parts[0], parts[1], parts[2]
    each = func.json_array_elements(cast(spans, JSON)).table_valued("value", name="each")
    parts = [each.c.value.op("->>")(cast(literal_column(str(i)), Integer)) for i in range(3)]
    return each, cast(parts[0], Integer), cast(parts[1], Integer), parts[2]
