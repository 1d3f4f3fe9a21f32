"""Who works on which sentence, and which one comes next."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.domain import Sentence
from bot.store.repository import (
    Repository,
    in_project,
    insert_if_new,
    inserts,
    is_project,
    replace_columns,
)
from bot.store.schema import (
    UNRANKED,
    annotation,
    bookmark,
    flag,
    hand,
    handed,
    project,
    sentence,
    skip,
)
from bot.store.sentences import COLUMNS, to_sentence
from bot.store.turns import Turns, still_waits

#: A hand lets go of a sentence this long after it was taken or last worked on.
HOLD = timedelta(minutes=30)
#: A bookmark is written when it has so many places to catch up on.
BEHIND = 64

_PERSON: BindParameter[str] = bindparam("person")
_FRESH: BindParameter[datetime] = bindparam("fresh")
_ORDER = (sentence.c.rank, sentence.c.id)


def _of_person(table: Any) -> ColumnElement[bool]:
    return and_(in_project(table), table.c.person == _PERSON)


def _noted(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_of_person(table), table.c.sentence_id == sentence.c.id, *conditions)


_ANSWERED = or_(_noted(skip), _noted(flag), _noted(annotation, annotation.c.finished))


def _holders() -> ColumnElement[int]:
    """How many others have the sentence in a hand that has not let go, and have not finished it."""
    theirs = and_(
        in_project(annotation),
        annotation.c.sentence_id == hand.c.sentence_id,
        annotation.c.person == hand.c.person,
    )
    return (
        select(func.count())
        .select_from(hand)
        .where(
            in_project(hand),
            hand.c.sentence_id == sentence.c.id,
            hand.c.person != _PERSON,
            or_(
                hand.c.taken_at > _FRESH,
                exists().where(theirs, annotation.c.updated_at > _FRESH),
            ),
            ~exists().where(theirs, annotation.c.finished),
        )
        .scalar_subquery()
    )


@cache
def _first(wanted: int, *, free: bool) -> Select[Any]:
    """The first sentence from the bookmark on that never came to the person; `free` where nobody is in their way.

    Those that wait are the first few ranges of an index, one for each number of people who have finished them."""
    ranges = []
    for finished in range(wanted):
        candidates = select(*_ORDER).where(
            in_project(sentence),
            sentence.c.finished_by == literal_column(str(finished)),
            tuple_(*_ORDER) >= tuple_(bindparam("rank"), bindparam("after")),
            ~_noted(handed),
            ~_ANSWERED,
        )
        if free:
            candidates = candidates.where(_holders() < literal_column(str(wanted - finished)))
        ranges.append(select(candidates.order_by(*_ORDER).limit(1).subquery()))
    found = union_all(*ranges).subquery()
    return select(found).order_by(found.c.rank, found.c.id).limit(1)


# Asked where nothing new is left: what came and was not answered, first what came longest ago.
_AGAIN = (
    select(sentence.c.rank, sentence.c.id)
    .select_from(handed.join(sentence, handed.c.sentence_id == sentence.c.id))
    .where(
        _of_person(handed),
        literal_column("NOT handed.answered"),
        in_project(sentence),
        still_waits,
        ~_ANSWERED,
        ~_noted(hand),
        _holders() + sentence.c.finished_by
        < select(project.c.annotations_per_sentence).where(is_project(project)).scalar_subquery(),
    )
    .order_by(handed.c.handed_at, handed.c.sentence_id)
    .limit(1)
)
_START = (
    select(project.c.annotations_per_sentence, bookmark.c.rank, bookmark.c.sentence_id)
    .select_from(
        project.outerjoin(
            bookmark,
            and_(
                bookmark.c.workspace == project.c.workspace,
                bookmark.c.project_id == project.c.id,
                bookmark.c.person == _PERSON,
            ),
        )
    )
    .where(is_project(project))
)
_LAST_ID = select(func.max(sentence.c.id)).where(in_project(sentence))
_MARK = inserts(bookmark, lambda insert: replace_columns(insert, bookmark, "rank", "sentence_id"))

_TEXT = select(*COLUMNS).where(in_project(sentence), sentence.c.id == bindparam("sentence_id"))
_IN_HAND = (
    select(*COLUMNS)
    .select_from(sentence.join(hand, hand.c.sentence_id == sentence.c.id))
    .where(_of_person(hand), in_project(sentence))
)
_TAKE = inserts(hand, lambda insert: replace_columns(insert, hand, "sentence_id", "taken_at"))
_SKIP = insert_if_new(skip)
_UNSKIP = delete(skip).where(_of_person(skip), skip.c.sentence_id == bindparam("sentence_id"))

_ANSWERED_WAITING = (
    select(func.count())
    .select_from(handed)
    .where(_of_person(handed), literal_column("handed.answered"))
)
_WAITING = select(project.c.waiting - _ANSWERED_WAITING.scalar_subquery()).where(
    is_project(project)
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
        taken = {"person": person, "sentence_id": sentence_id}
        await self.execute(_TAKE, project_id, **taken, taken_at=self.clock())
        if waits:
            await self._turns().came(project_id, person, sentence_id)

    async def next(self, project_id: int, person: str) -> Sentence | None:
        """Take the next waiting sentence in hand: not answered by this person, and finished or held
        by fewer others than are wanted (a hand lets go after 30 minutes). Sentences that never came
        to the person come first, in the project's order, then those that came longest ago; the one
        in hand now is passed over. None leaves the hand as it is."""
        found = await self._new(project_id, person) or await self._again(project_id, person)
        if found is None:
            return None
        await self.take(project_id, person, found.id)
        return to_sentence((await self.execute(_TEXT, project_id, sentence_id=found.id)).one())

    async def _new(self, project_id: int, person: str) -> Row[Any] | None:
        start = (await self.execute(_START, project_id, person=person)).first()
        if start is None:
            return None
        wanted = start.annotations_per_sentence
        at = (start.rank or 0, start.sentence_id or 0)
        values = {"person": person, "rank": at[0], "after": at[1]}
        found = await self.execute(
            _first(wanted, free=True), project_id, **values, fresh=self.clock() - HOLD
        )
        row = found.first()
        if row is None or _distance(at, (row.rank, row.id)) >= BEHIND:
            held = (await self.execute(_first(wanted, free=False), project_id, **values)).first()
            await self._mark(project_id, person, held, at)
        return row

    async def _again(self, project_id: int, person: str) -> Row[Any] | None:
        found = await self.execute(_AGAIN, project_id, person=person, fresh=self.clock() - HOLD)
        return found.first()

    async def _mark(
        self, project_id: int, person: str, first: Row[Any] | None, at: tuple[int, int]
    ) -> None:
        """Look from the first sentence on that may still come, even if others hold it: what they let
        go is not missed."""
        if first is not None:
            to = (first.rank, first.id)
        else:
            last = (await self.execute(_LAST_ID, project_id)).scalar() or 0
            to = (UNRANKED, last + 1)
        if to != at:
            rank, sentence_id = to
            await self.execute(_MARK, project_id, person=person, rank=rank, sentence_id=sentence_id)

    async def skip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Never offer this sentence to this person again, and take it out of their hand."""
        await self.execute(
            _SKIP, project_id, person=person, sentence_id=sentence_id, skipped_at=self.clock()
        )
        await self._turns().let_go(project_id, person, sentence_id)
        await self._turns().answered(project_id, person, sentence_id)

    async def unskip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Let a skipped sentence come again (undo of a skip)."""
        await self.execute(_UNSKIP, project_id, person=person, sentence_id=sentence_id)
        await self._turns().open_again(project_id, person, sentence_id)

    async def waiting(self, project_id: int, person: str) -> int:
        """Sentences that could still come to this person, among them those in hands."""
        found = await self.execute(_WAITING, project_id, person=person)
        return int(found.scalar() or 0)

    def _turns(self) -> Turns:
        return Turns(self.connection, self.workspace, self.clock)


def _distance(before: tuple[int, int], after: tuple[int, int]) -> int:
    """About how many sentences lie between two places of the order."""
    ranks = after[0] - before[0]
    return ranks or after[1] - before[1]
