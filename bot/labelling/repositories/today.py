"""How many sentences a person has finished since a time."""

from typing import Any

from sqlalchemy import Executable, bindparam, func, select

from bot.db.repository import by_key, in_project
from bot.db.tables.sentences import annotation, event
from bot.db.turns import PutOff
from bot.db.types import Id

# A day's steps are a person's newest, which an index gives in order; more than these are not counted.
_COUNTED_STEPS = 1_000
_NEWEST = (
    select(event.c.sentence_id, event.c.created_at)
    .where(in_project(event), event.c.person == bindparam("person"))
    .order_by(event.c.id.desc())
    .limit(_COUNTED_STEPS)
    .subquery()
)
_LATELY = select(_NEWEST.c.sentence_id).where(_NEWEST.c.created_at >= bindparam("since"))


_FINISHED_BY = select(func.count()).where(
    in_project(annotation), annotation.c.person == bindparam("person"), annotation.c.finished
)
_FINISHED_SINCE = by_key(_FINISHED_BY.where(annotation.c.sentence_id.in_(_LATELY)))
#: With the sentence of an event that is written at the end.
_FINISHED_SINCE_AND_NOW = _FINISHED_BY.where(
    annotation.c.sentence_id.in_(_LATELY.union_all(select(bindparam("this", type_=Id))))
)


def of_today(put_off: PutOff | None) -> tuple[Executable, dict[str, Any]]:
    """The statement, and what it needs besides a person and a time."""
    if put_off is None or put_off.finished is None:
        return _FINISHED_SINCE, {}
    return _FINISHED_SINCE_AND_NOW, {"this": put_off.finished.sentence_id}
