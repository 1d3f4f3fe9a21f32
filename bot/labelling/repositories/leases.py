"""For how long a sentence on a person's card is theirs."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, select

from bot.db.clock import SKEW
from bot.db.records.assignments import HOLD
from bot.db.repository import in_project
from bot.db.tables.queue import handed
from bot.db.tables.sentences import sentence

PERSON: BindParameter[str] = bindparam("person")
_FRESH: BindParameter[datetime] = bindparam("fresh")
_TO_COME: BindParameter[datetime] = bindparam("to_come")
# Under a name of its own: what came to the person who asks may be looked for in the same query.
_THEIRS = handed.alias("theirs")


def lease_bounds(now: datetime) -> dict[str, datetime]:
    """Between which moments a sentence came or was worked on that is held now."""
    return {"fresh": now - HOLD, "to_come": now + SKEW}


def is_fresh(moment: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Within the time a sentence is held. A moment that is still to come is of a clock that has been set back."""
    return and_(moment > _FRESH, moment < _TO_COME)


def holders() -> ColumnElement[int]:
    """How many others have the sentence on a card that they have not answered; a person may have several cards."""
    return (
        select(func.count())
        .select_from(_THEIRS)
        .where(
            in_project(_THEIRS),
            _THEIRS.c.sentence_id == sentence.c.id,
            _THEIRS.c.person != PERSON,
            ~_THEIRS.c.answered,
            is_fresh(_THEIRS.c.handed_at),
        )
        .correlate(sentence)
        .scalar_subquery()
    )


def of_person(table: Any) -> ColumnElement[bool]:
    """The rows of the person who asks."""
    return and_(in_project(table), table.c.person == PERSON)
