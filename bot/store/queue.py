"""Who works on which sentence, and which one comes next."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from bot.domain import Sentence
from bot.store.repository import (
    Repository,
    by_key,
    here,
    in_project,
    insert_if_new,
    inserts,
    replace_columns,
)
from bot.store.schema import annotation, hand, handed, project, sentence, skip
from bot.store.sentences import COLUMNS, to_sentence

#: A hand lets go of a sentence this long after it was taken or last worked on.
HOLD = timedelta(minutes=30)

_PERSON: BindParameter[str] = bindparam("person")
_FRESH: BindParameter[datetime] = bindparam("fresh")
# Written out: neither database sees that a bound parameter meets the condition of the index.
_WAITS = sentence.c.finished_by == literal_column("0")


def _of_person(table: Any) -> ColumnElement[bool]:
    return and_(in_project(table), table.c.person == _PERSON)


def _noted(table: Any) -> ColumnElement[bool]:
    return exists().where(_of_person(table), table.c.sentence_id == sentence.c.id)


def _held() -> ColumnElement[bool]:
    """In this person's own hand, or in another one that has not let go."""
    worked_on = exists().where(
        in_project(annotation),
        annotation.c.sentence_id == hand.c.sentence_id,
        annotation.c.person == hand.c.person,
        annotation.c.updated_at > _FRESH,
    )
    return exists().where(
        in_project(hand),
        hand.c.sentence_id == sentence.c.id,
        or_(hand.c.person == _PERSON, hand.c.taken_at > _FRESH, worked_on),
    )


def _text_of_first(candidates: Select[Any]) -> Select[Any]:
    """Only ids are looked through, which an index answers alone; the text is fetched of one."""
    first = candidates.limit(1).correlate(None).scalar_subquery()
    return select(*COLUMNS).where(in_project(sentence), sentence.c.id == first)


_IN_HAND = by_key(
    select(*COLUMNS)
    .select_from(sentence.join(hand, hand.c.sentence_id == sentence.c.id))
    .where(_of_person(hand), in_project(sentence))
)
_TAKE = inserts(hand, lambda insert: replace_columns(insert, hand, "sentence_id", "taken_at"))
_NOTE = inserts(handed, lambda insert: replace_columns(insert, handed, "handed_at"))

_CANDIDATES = select(sentence.c.id).where(in_project(sentence), _WAITS, ~_noted(skip), ~_held())
_NEW = _text_of_first(_CANDIDATES.where(~_noted(handed)).order_by(sentence.c.id))
# Asked where no new one is left, so that all candidates came once. Looked up for each of them: they
# are fewer than all sentences the person ever had.
_CAME_AT = select(handed.c.handed_at).where(
    _of_person(handed), handed.c.sentence_id == sentence.c.id
)
_SEEN = _text_of_first(_CANDIDATES.order_by(_CAME_AT.scalar_subquery(), sentence.c.id))

_SKIP = insert_if_new(skip)
_LET_GO = by_key(
    delete(hand).where(_of_person(hand), hand.c.sentence_id == bindparam("sentence_id"))
)
_UNSKIP = by_key(
    delete(skip).where(_of_person(skip), skip.c.sentence_id == bindparam("sentence_id"))
)

_SKIPPED_WAITING = (
    select(func.count())
    .select_from(skip.join(sentence, sentence.c.id == skip.c.sentence_id))
    .where(_of_person(skip), in_project(sentence), _WAITS)
)
# The skipped ones are few, so they are subtracted from the number that is kept.
_WAITING = select(project.c.waiting - _SKIPPED_WAITING.scalar_subquery()).where(
    here(project), project.c.id == bindparam("project_id")
)


class Queue(Repository):
    """Implements `ports.Queue`."""

    __slots__ = ()

    async def in_hand(self, project_id: int, person: str) -> Sentence | None:
        """The sentence the person works on."""
        row = (await self.execute(_IN_HAND, project_id, person=person)).first()
        return None if row is None else to_sentence(row)

    async def take(
        self, project_id: int, person: str, sentence_id: int, *, waits: bool = True
    ) -> None:
        """Put a sentence into the person's hand, in place of the one that was there; one that
        waits no longer needs no place in the order of those to come."""
        now = self.clock()
        taken = {"person": person, "sentence_id": sentence_id}
        await self.execute(_TAKE, project_id, **taken, taken_at=now)
        if waits:
            await self.execute(_NOTE, project_id, **taken, handed_at=now)

    async def next(self, project_id: int, person: str) -> Sentence | None:
        """Take the next waiting sentence in hand: unfinished by anyone, not skipped by this person,
        in nobody else's hand (a hand lets go after 30 minutes). Sentences that never came to the
        person come first, oldest first, then those that came longest ago; the one in hand now is
        passed over. None leaves the hand as it is."""
        for first in (_NEW, _SEEN):
            found = await self.execute(first, project_id, person=person, fresh=self.clock() - HOLD)
            row = found.first()
            if row is not None:
                await self.take(project_id, person, row.id)
                return to_sentence(row)
        return None

    async def skip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Never offer this sentence to this person again, and take it out of their hand."""
        skipped = {"person": person, "sentence_id": sentence_id}
        await self.execute(_SKIP, project_id, **skipped, skipped_at=self.clock())
        await self.execute(_LET_GO, project_id, **skipped)

    async def unskip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Let a skipped sentence come again (undo of a skip)."""
        await self.execute(_UNSKIP, project_id, person=person, sentence_id=sentence_id)

    async def waiting(self, project_id: int, person: str) -> int:
        """Sentences that could still come to this person, among them those in hands."""
        found = await self.execute(_WAITING, project_id, project_id=project_id, person=person)
        return int(found.scalar() or 0)
