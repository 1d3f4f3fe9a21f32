"""Who works on which sentence, and which one comes next."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from bot.domain import Sentence
from bot.store.repository import Repository
from bot.store.schema import annotation, hand, handed, sentence, skip
from bot.store.sentences import COLUMNS, to_sentence

#: A hand lets go of a sentence this long after it was taken or last worked on.
HOLD = timedelta(minutes=30)

# Written out: neither database sees that a bound parameter meets the condition of the index.
_WAITS = sentence.c.finished_by == literal_column("0")


class Queue(Repository):
    """Implements `ports.Queue`."""

    __slots__ = ()

    async def in_hand(self, project_id: int, person: str) -> Sentence | None:
        """The sentence the person works on."""
        wanted = (
            select(*COLUMNS)
            .select_from(sentence.join(hand, hand.c.sentence_id == sentence.c.id))
            .where(
                self.here(hand, project_id),
                hand.c.person == person,
                self.here(sentence, project_id),
            )
        )
        row = (await self.connection.execute(wanted)).first()
        return None if row is None else to_sentence(row)

    async def take(self, project_id: int, person: str, sentence_id: int) -> None:
        """Put a sentence into the person's hand, in place of the one that was there."""
        now = self.clock()
        key = {**self.place(project_id), "person": person}
        held = {"sentence_id": sentence_id, "taken_at": now}
        await self.connection.execute(
            self.insert(hand)
            .values(**key, **held)
            .on_conflict_do_update(index_elements=list(key), set_=held)
        )
        key["sentence_id"] = sentence_id
        await self.connection.execute(
            self.insert(handed)
            .values(**key, handed_at=now)
            .on_conflict_do_update(index_elements=list(key), set_={"handed_at": now})
        )

    async def next(self, project_id: int, person: str) -> Sentence | None:
        """Take the next waiting sentence in hand: unfinished by anyone, not skipped by this person,
        in nobody else's hand (a hand lets go after 30 minutes). Sentences that never came to the
        person come first, oldest first, then those that came longest ago; the one in hand now is
        passed over. None leaves the hand as it is."""
        for candidates in (self._new(project_id, person), self._seen(project_id, person)):
            # Only ids are looked through, which an index answers alone; the text is fetched of one.
            first = candidates.limit(1).correlate(None).scalar_subquery()
            wanted = select(*COLUMNS).where(self.here(sentence, project_id), sentence.c.id == first)
            row = (await self.connection.execute(wanted)).first()
            if row is not None:
                await self.take(project_id, person, row.id)
                return to_sentence(row)
        return None

    def _new(self, project_id: int, person: str) -> Select[Any]:
        came = self._noted(handed, project_id, person)
        return self._candidates(project_id, person).where(~came).order_by(sentence.c.id)

    def _seen(self, project_id: int, person: str) -> Select[Any]:
        return (
            self._candidates(project_id, person)
            .join_from(sentence, handed, handed.c.sentence_id == sentence.c.id)
            .where(self.here(handed, project_id), handed.c.person == person)
            .order_by(handed.c.handed_at, sentence.c.id)
        )

    def _candidates(self, project_id: int, person: str) -> Select[Any]:
        return select(sentence.c.id).where(
            self.here(sentence, project_id),
            _WAITS,
            ~self._noted(skip, project_id, person),
            ~self._held(project_id, person),
        )

    def _noted(self, table: Any, project_id: int, person: str) -> ColumnElement[bool]:
        return exists().where(
            self.here(table, project_id),
            table.c.person == person,
            table.c.sentence_id == sentence.c.id,
        )

    def _held(self, project_id: int, person: str) -> ColumnElement[bool]:
        """In this person's own hand, or in another one that has not let go."""
        fresh = self.clock() - HOLD
        worked_on = exists().where(
            self.here(annotation, project_id),
            annotation.c.sentence_id == hand.c.sentence_id,
            annotation.c.person == hand.c.person,
            annotation.c.updated_at > fresh,
        )
        return exists().where(
            self.here(hand, project_id),
            hand.c.sentence_id == sentence.c.id,
            or_(hand.c.person == person, hand.c.taken_at > fresh, worked_on),
        )

    async def skip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Never offer this sentence to this person again, and take it out of their hand."""
        key = {**self.place(project_id), "person": person, "sentence_id": sentence_id}
        await self.connection.execute(
            self.insert(skip).values(**key, skipped_at=self.clock()).on_conflict_do_nothing()
        )
        await self.connection.execute(
            delete(hand).where(self._of(hand, project_id, person, sentence_id))
        )

    async def unskip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Let a skipped sentence come again (undo of a skip)."""
        await self.connection.execute(
            delete(skip).where(self._of(skip, project_id, person, sentence_id))
        )

    def _of(
        self, table: Any, project_id: int, person: str, sentence_id: int
    ) -> ColumnElement[bool]:
        return and_(
            self.here(table, project_id),
            table.c.person == person,
            table.c.sentence_id == sentence_id,
        )

    async def waiting(self, project_id: int, person: str) -> int:
        """Sentences that could still come to this person, among them those in hands; the skipped
        ones are few, so they are subtracted."""
        all_waiting = (
            select(func.count())
            .select_from(sentence)
            .where(self.here(sentence, project_id), _WAITS)
        )
        skipped = (
            select(func.count())
            .select_from(skip.join(sentence, sentence.c.id == skip.c.sentence_id))
            .where(
                self.here(skip, project_id),
                skip.c.person == person,
                self.here(sentence, project_id),
                _WAITS,
            )
        )
        left = select(all_waiting.scalar_subquery() - skipped.scalar_subquery())
        return int((await self.connection.execute(left)).scalar_one())
