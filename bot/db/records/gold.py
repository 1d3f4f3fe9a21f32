"""Which sentences training may use."""

import asyncio

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.records.counting import begun, finished
from bot.db.records.sentences import COLUMNS, to_sentence
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, sentence
from bot.domain.project import Gold

#: Rows turned into values at a time, so that the event loop is never held for more than some
#: milliseconds.
_AT_ONCE = 200


async def read_gold(
    connection: AsyncConnection, workspace: str, project_id: int
) -> tuple[Gold, ...]:
    """Finished sentences by id: those a reviewer decided on, and those whose finished annotators
    agree."""
    decided = and_(
        decision.c.workspace == annotation.c.workspace,
        decision.c.project_id == annotation.c.project_id,
        decision.c.sentence_id == annotation.c.sentence_id,
    )
    found = annotation.join(sentence, annotation.c.sentence_id == sentence.c.id)
    wanted = (
        select(*COLUMNS, annotation.c.spans, decision.c.spans.label("decided"))
        .select_from(found.outerjoin(decision, decided))
        .where(finished(workspace, project_id), sentence.c.workspace == workspace)
        .order_by(sentence.c.id)
    )
    gold: list[Gold] = []
    disputed: set[int] = set()
    rows = await connection.execute(wanted)
    for some in rows.partitions(_AT_ONCE):
        for row in some:
            spans = row.spans if row.decided is None else row.decided
            if gold and gold[-1].sentence.id == row.id:
                if gold[-1].spans != spans:
                    disputed.add(row.id)
            else:
                gold.append(Gold(to_sentence(row), spans))
        await asyncio.sleep(0)
    return tuple(found for found in gold if found.sentence.id not in disputed)


async def read_unfinished(
    connection: AsyncConnection, workspace: str, project_id: int
) -> tuple[Gold, ...]:
    """Sentences nobody has finished, with the spans of whoever labelled most in them."""
    wanted = (
        select(*COLUMNS, annotation.c.spans)
        .select_from(annotation.join(sentence, annotation.c.sentence_id == sentence.c.id))
        .where(*begun(workspace, project_id), sentence.c.workspace == workspace)
        .order_by(sentence.c.id, annotation.c.person)
    )
    gold: dict[int, Gold] = {}
    rows = await connection.execute(wanted)
    for some in rows.partitions(_AT_ONCE):
        for row in some:
            if row.id not in gold or len(row.spans) > len(gold[row.id].spans):
                gold[row.id] = Gold(to_sentence(row), row.spans, finished=False)
        await asyncio.sleep(0)
    return tuple(gold.values())
