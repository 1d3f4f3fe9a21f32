"""Who works on which sentence, and which one comes next."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from bot.db.records.assignments import Assignments, still_waits
from bot.db.records.sentences import COLUMNS, to_sentence
from bot.db.repository import (
    Repository,
    by_key,
    in_project,
    insert_if_new,
    inserts,
    is_project,
    replace_columns,
)
from bot.db.tables.columns import UNRANKED
from bot.db.tables.projects import project
from bot.db.tables.queue import bookmark, hand, handed, skip
from bot.db.tables.sentences import annotation, flag, sentence
from bot.domain.project import Sentence
from bot.labelling.repositories.leases import PERSON, holders, lease_bounds, of_person
from bot.labelling.repositories.seconds import SecondOpinions

#: A bookmark is written when it has so many places to catch up on.
BEHIND = 64

_ORDER = (sentence.c.rank, sentence.c.id)
#: A rank and an id.
_Place = tuple[int, int]
_END: _Place = (2**63 - 1, 0)


def _noted(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a table has a row of this person and sentence. Not as EXISTS: PostgreSQL would collect all rows of the
    person first, of half a million that they finished in seconds, where the first few sentences decide."""
    mine: Select[Any] = select(literal_column("1")).where(
        of_person(table), table.c.sentence_id == sentence.c.id, *conditions
    )
    return mine.correlate(sentence).scalar_subquery().is_not(None)


_ANSWERED = or_(_noted(skip), _noted(flag), _noted(annotation, annotation.c.finished))


@cache
def _first(finished: int, places: int | None) -> Select[Any]:
    """The first sentence within bounds that so many people have finished and that never came to the person;
    with fewer others at it than there are `places`, if that matters."""
    candidates = select(*_ORDER).where(
        in_project(sentence),
        sentence.c.finished_by == literal_column(str(finished)),
        tuple_(*_ORDER) >= tuple_(bindparam("rank"), bindparam("from_id")),
        tuple_(*_ORDER) < tuple_(bindparam("to_rank"), bindparam("to_id")),
        ~_noted(handed),
        ~_ANSWERED,
    )
    if places is not None:
        candidates = candidates.where(holders() < literal_column(str(places)), ~_noted(hand))
    return candidates.order_by(*_ORDER).limit(1)


_WANTED = select(project.c.annotations_per_sentence).where(is_project(project)).scalar_subquery()
# Asked where nothing new is left: what came and was not answered, first what came longest ago.
_AGAIN = (
    select(sentence.c.id)
    .select_from(handed.join(sentence, handed.c.sentence_id == sentence.c.id))
    .where(
        of_person(handed),
        literal_column("NOT handed.answered"),
        in_project(sentence),
        still_waits,
        ~_ANSWERED,
        ~_noted(hand),
        holders() + sentence.c.finished_by < _WANTED,
    )
    .order_by(handed.c.handed_at, handed.c.sentence_id)
    .limit(1)
)
_START = by_key(
    select(project.c.annotations_per_sentence, bookmark.c.rank, bookmark.c.sentence_id)
    .select_from(
        project.outerjoin(
            bookmark,
            and_(
                bookmark.c.workspace == project.c.workspace,
                bookmark.c.project_id == project.c.id,
                bookmark.c.person == PERSON,
            ),
        )
    )
    .where(is_project(project))
)
_LAST_ID = select(func.max(sentence.c.id)).where(in_project(sentence))
_MARK = inserts(bookmark, lambda insert: replace_columns(insert, bookmark, "rank", "sentence_id"))

_TEXT = by_key(
    select(*COLUMNS).where(in_project(sentence), sentence.c.id == bindparam("sentence_id"))
)
_CURRENT = by_key(
    select(*COLUMNS)
    .select_from(sentence.join(hand, hand.c.sentence_id == sentence.c.id))
    .where(of_person(hand), in_project(sentence))
)
_TAKE = inserts(hand, lambda insert: replace_columns(insert, hand, "sentence_id", "taken_at"))
_ON_HAND = by_key(
    select(*COLUMNS)
    .select_from(sentence.join(hand, hand.c.sentence_id == sentence.c.id))
    .where(
        of_person(hand),
        in_project(sentence),
        ~_ANSWERED,
        or_(
            and_(still_waits, holders() + sentence.c.finished_by < _WANTED),
            # A second opinion: what waits no longer is on nobody's card else.
            and_(~still_waits, _noted(handed, literal_column("NOT handed.answered"))),
            _noted(annotation, annotation.c.spans != ()),
        ),
    )
)
_SKIP = insert_if_new(skip)
UNSKIP = by_key(delete(skip).where(of_person(skip), skip.c.sentence_id == bindparam("sentence_id")))
_ANSWERED_WAITING = (
    select(func.count())
    .select_from(handed)
    .where(of_person(handed), literal_column("handed.answered"))
)
# Of sentences that one answer finishes there are none here, of others a person has answered few.
_WAITING = by_key(
    select(project.c.waiting - _ANSWERED_WAITING.scalar_subquery()).where(is_project(project))
)


class Queue(Repository):
    """Who works on which sentence. One a person has finished, skipped or flagged never comes to them again."""

    __slots__ = ()

    async def current(self, project_id: int, person: str) -> Sentence | None:
        """The sentence the person works on."""
        row = (await self.execute(_CURRENT, project_id, person=person)).first()
        return None if row is None else to_sentence(row)

    async def take(
        self, project_id: int, person: str, sentence_id: int, *, waits: bool = True
    ) -> None:
        """Assign a sentence to the person, in place of the one they had; one that waits no longer
        needs no place in the order of those to come."""
        taken = {"person": person, "sentence_id": sentence_id}
        await self.execute(_TAKE, project_id, **taken, taken_at=self.clock())
        if waits:
            await self._turns().came(project_id, person, sentence_id)

    async def on_hand(self, project_id: int, person: str) -> Sentence | None:
        """The sentence the person works on, unless it is answered or has become somebody else's; it is held again
        from now on."""
        values = lease_bounds(self.clock())
        row = (await self.execute(_ON_HAND, project_id, person=person, **values)).first()
        if row is None:
            return None
        await self.take(project_id, person, row.id)
        return to_sentence(row)

    async def pass_over(self, project_id: int, person: str, sentence_id: int) -> None:
        """The person put the card aside: others may have the sentence now, and it comes back to them last."""
        await self._turns().passed_over(project_id, person, sentence_id)

    async def next(self, project_id: int, person: str) -> Sentence | None:
        """Assign the next waiting sentence: not answered by this person, and finished or held by
        fewer others than are wanted (it is held for 30 minutes). Sentences that never came to the
        person come first, in the project's order, then those that came longest ago; the current one
        is passed over, and stays the current one where there is no other."""
        self.tx.must_be_alone()  # two people would be given the same one
        seconds = SecondOpinions(self.tx)
        if (second := await seconds.next(project_id, person)) is not None:
            return await self._second(project_id, person, second)
        found = await self._new(project_id, person) or await self._again(project_id, person)
        if found is None:
            second = await seconds.next(project_id, person, in_turn=False)
            return None if second is None else await self._second(project_id, person, second)
        await self.take(project_id, person, found)
        return to_sentence((await self.execute(_TEXT, project_id, sentence_id=found)).one())

    async def _second(self, project_id: int, person: str, sentence_id: int) -> Sentence:
        await self.take(project_id, person, sentence_id)
        await self._turns().came_for_a_second_opinion(project_id, person, sentence_id)
        return to_sentence((await self.execute(_TEXT, project_id, sentence_id=sentence_id)).one())

    async def _new(self, project_id: int, person: str) -> int | None:
        start = (await self.execute(_START, project_id, person=person)).first()
        if start is None:
            return None
        wanted = start.annotations_per_sentence
        at = (start.rank or 0, start.sentence_id or 0)
        found = await self._first(project_id, person, at, wanted, free=True)
        if found is None or _distance(at, found) >= BEHIND:
            held = await self._first(project_id, person, at, wanted, free=False, before=found)
            await self._mark(project_id, person, held or found, at)
        return found[1] if found else None

    async def _first(
        self,
        project_id: int,
        person: str,
        at: _Place,
        wanted: int,
        *,
        free: bool,
        before: _Place | None = None,
    ) -> _Place | None:
        """The place of the first sentence that never came to the person, from a bookmark on; `free`
        where enough of those who are wanted are still missing.

        Those that wait are the first few ranges of an index, one for each number of people who have finished them.
        Each is looked through only as far as the one before gave nothing better."""
        values = {"person": person, "rank": at[0], "from_id": at[1], **lease_bounds(self.clock())}
        for finished in range(wanted):
            to_rank, to_id = before or _END
            found = await self.execute(
                _first(finished, wanted - finished if free else None),
                project_id,
                **values,
                to_rank=to_rank,
                to_id=to_id,
            )
            if (row := found.first()) is not None:
                before = (row.rank, row.id)
        return before

    async def _again(self, project_id: int, person: str) -> int | None:
        found = await self.execute(_AGAIN, project_id, person=person, **lease_bounds(self.clock()))
        number: int | None = found.scalar()
        return number

    async def _mark(self, project_id: int, person: str, first: _Place | None, at: _Place) -> None:
        """Look from the first sentence on that may still come, even if others hold it: what they let
        go is not missed."""
        if first is None:
            last = (await self.execute(_LAST_ID, project_id)).scalar() or 0
            first = (UNRANKED, last + 1)
        if first != at:
            rank, sentence_id = first
            await self.execute(_MARK, project_id, person=person, rank=rank, sentence_id=sentence_id)

    async def skip(self, project_id: int, person: str, sentence_id: int) -> bool:
        """Never show this sentence to this person again; it is not their current one any more. False where they had
        skipped it before."""
        done = await self.execute(
            _SKIP, project_id, person=person, sentence_id=sentence_id, skipped_at=self.clock()
        )
        await self._turns().let_go(project_id, person, sentence_id)
        await self._turns().answered(project_id, person, sentence_id)
        return bool(done.rowcount)

    async def unskip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Let a skipped sentence come again (undo of a skip)."""
        await self.execute(UNSKIP, project_id, person=person, sentence_id=sentence_id)
        await self._turns().open_again(project_id, person, sentence_id)

    async def waiting(self, project_id: int, person: str) -> int:
        """Sentences that could still come to this person, among them those that others hold."""
        found = int((await self.execute(_WAITING, project_id, person=person)).scalar() or 0)
        finished = self.tx.put_off.finished if self.tx.put_off is not None else None
        # What was finished just now is counted at the end.
        return found - bool(finished and finished.waits_for_them)

    def _turns(self) -> Assignments:
        return Assignments(self.tx)


def _distance(before: _Place, after: _Place) -> int:
    """About how many sentences lie between two places of the order."""
    ranks = after[0] - before[0]
    return ranks or after[1] - before[1]
