"""What came to whom of the sentences that still wait, kept with every change of what waits."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    literal_column,
    select,
    true,
    tuple_,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.repository import (
    Insert,
    PerDatabase,
    Repository,
    by_key,
    in_project,
    is_project,
    replace_columns,
)
from bot.db.tables.projects import project
from bot.db.tables.queue import bookmark, hand, handed, skip
from bot.db.tables.sentences import annotation, flag, sentence
from bot.db.turns import Finished
from bot.db.types import Id, Moment

#: A sentence is free again this long after it came to a person or was last worked on.
HOLD = timedelta(minutes=30)

_PERSON: ColumnElement[str] = bindparam("person")
_SENTENCE: ColumnElement[int] = bindparam("sentence_id", type_=Id)
_NOW = bindparam("now", type_=Moment)
_WANTED = select(project.c.annotations_per_sentence).where(is_project(project)).scalar_subquery()
#: Fewer people than wanted have finished the sentence.
still_waits: ColumnElement[bool] = sentence.c.finished_by < _WANTED


def copy_rows(table: Table, rows: Select[Any], *replaced: str) -> PerDatabase:
    """INSERTs of what a query gives; of a row that is there, only these columns change."""

    def finish(insert: Insert) -> Insert:
        insert = insert.from_select([column.name for column in table.c], rows)
        return (
            replace_columns(insert, table, *replaced)
            if replaced
            else insert.on_conflict_do_nothing()
        )

    return {"sqlite": finish(sqlite.insert(table)), "postgresql": finish(postgresql.insert(table))}


def _by_key(statements: PerDatabase) -> PerDatabase:
    return {**statements, "sqlite": by_key(cast("Insert", statements["sqlite"]))}


def _one(answered: bool) -> Any:  # noqa: FBT001
    """A row for this person and sentence, where the sentence waits."""
    return select(
        sentence.c.workspace,
        sentence.c.project_id,
        sentence.c.id,
        _PERSON,
        _NOW,
        literal_column("TRUE" if answered else "FALSE"),
    ).where(in_project(sentence), sentence.c.id == _SENTENCE, still_waits)


def _all_answers(condition: ColumnElement[bool]) -> Any:
    """Everybody's answers to the sentences that meet a condition: finished, skipped, flagged."""
    of = {
        table: and_(
            table.c.workspace == sentence.c.workspace,
            table.c.project_id == sentence.c.project_id,
            table.c.sentence_id == sentence.c.id,
        )
        for table in (annotation, skip, flag)
    }
    answers = [
        select(sentence.c.workspace, sentence.c.project_id, sentence.c.id, table.c.person)
        .select_from(sentence.join(table, of[table]))
        .where(in_project(sentence), condition, is_answer)
        for table, is_answer in (
            (annotation, annotation.c.finished),
            (skip, true()),
            (flag, true()),
        )
    ]
    people = union(*answers).subquery("answers")
    # SQLite would take ON CONFLICT for a part of a query that has no WHERE.
    return select(people, _NOW, literal_column("TRUE")).where(true())


def _back_to(condition: ColumnElement[bool]) -> Any:
    """Let everyone look again from where sentences have come back."""
    return (
        update(bookmark)
        .values(rank=sentence.c.rank, sentence_id=sentence.c.id)
        .where(
            in_project(bookmark),
            in_project(sentence),
            condition,
            tuple_(bookmark.c.rank, bookmark.c.sentence_id)
            > tuple_(sentence.c.rank, sentence.c.id),
        )
    )


_THIS = sentence.c.id == _SENTENCE
_CAME = _by_key(copy_rows(handed, _one(answered=False), "handed_at"))
_AGAIN = copy_rows(
    handed,
    select(
        sentence.c.workspace,
        sentence.c.project_id,
        sentence.c.id,
        _PERSON,
        _NOW,
        literal_column("FALSE"),
    ).where(in_project(sentence), sentence.c.id == _SENTENCE),
    "handed_at",
    "answered",
)
_ANSWERED = _by_key(copy_rows(handed, _one(answered=True), "answered"))
_OPEN_AGAIN = copy_rows(handed, _one(answered=False), "handed_at", "answered")
_CAME_BACK = copy_rows(handed, _all_answers(_THIS), "answered")
_GROWN = copy_rows(
    handed,
    _all_answers(and_(still_waits, sentence.c.finished_by >= bindparam("wanted_before"))),
    "answered",
)
_IS_DONE = exists().where(in_project(sentence), sentence.c.id == handed.c.sentence_id, ~still_waits)
_DROP_DONE = by_key(
    delete(handed).where(in_project(handed), handed.c.sentence_id == _SENTENCE, _IS_DONE)
)
_DROP_ALL_DONE = delete(handed).where(in_project(handed), _IS_DONE)
_AT_WORK = by_key(
    update(handed)
    .where(
        in_project(handed),
        handed.c.person == bindparam("whose"),
        handed.c.sentence_id == bindparam("of_sentence", type_=Id),
        literal_column("NOT handed.answered"),
    )
    .values(handed_at=bindparam("at", type_=Moment))
)
# Whether a sentence that the person answers could still have come to them.
_WAITS_FOR = select(
    and_(
        still_waits,
        ~exists().where(
            in_project(handed),
            handed.c.sentence_id == _SENTENCE,
            handed.c.person == _PERSON,
            handed.c.answered,
        ),
    )
).where(in_project(sentence), _THIS)
_LET_GO = delete(hand).where(
    in_project(hand), hand.c.person == _PERSON, hand.c.sentence_id == _SENTENCE
)
_WAITS = select(sentence.c.id).where(in_project(sentence), _THIS, still_waits)
_LOOK_AGAIN = _back_to(_THIS)
_FROM_THE_START = delete(bookmark).where(in_project(bookmark))


class Assignments(Repository):
    """Keeps `handed` and `bookmark` in step with annotations, skips and settings."""

    __slots__ = ()

    async def came(self, project_id: int, person: str, sentence_id: int) -> None:
        """The sentence came to the person now."""
        await self._note(_CAME, project_id, person, sentence_id)

    async def came_for_a_second_opinion(
        self, project_id: int, person: str, sentence_id: int
    ) -> None:
        """A sentence that waits for nobody came to the person now, who is asked once more."""
        await self._note(_AGAIN, project_id, person, sentence_id)

    async def answered(self, project_id: int, person: str, sentence_id: int) -> None:
        """The person has finished, skipped or flagged the sentence. Enough people may have by now."""
        self.tx.must_be_alone()
        await self.execute(_DROP_DONE, project_id, sentence_id=sentence_id)
        await self._note(_ANSWERED, project_id, person, sentence_id)

    async def finished(self, project_id: int, person: str, sentence_id: int) -> None:
        """The person has finished the sentence, beside what others do: it is counted and noted at the end."""
        assert self.tx.put_off is not None
        place = {"person": person, "sentence_id": sentence_id}
        waits = bool((await self.execute(_WAITS_FOR, project_id, **place)).scalar())
        self.tx.put_off.finished = Finished(project_id, sentence_id, person, waits)

    async def worked_on(self, project_id: int, person: str, sentence_id: int) -> None:
        """The person labelled in the sentence, which is held for them from now on again."""
        place = {"whose": person, "of_sentence": sentence_id}
        await self.execute(_AT_WORK, project_id, **place, at=self.clock())

    async def passed_over(self, project_id: int, person: str, sentence_id: int) -> None:
        """The person put the card aside: others may have the sentence, and it comes back to them later."""
        place = {"whose": person, "of_sentence": sentence_id}
        await self.execute(_AT_WORK, project_id, **place, at=self.clock() - HOLD)

    async def let_go(self, project_id: int, person: str, sentence_id: int) -> None:
        """Take the sentence out of the person's hand, if it is there."""
        await self.execute(_LET_GO, project_id, person=person, sentence_id=sentence_id)

    async def open_again(self, project_id: int, person: str, sentence_id: int) -> None:
        """The answer was undone, and the sentence is on nobody's card; with it it may wait again for all others."""
        values = {"sentence_id": sentence_id, "now": self.clock()}
        if (await self.execute(_WAITS, project_id, sentence_id=sentence_id)).first() is None:
            return
        await self._note(_OPEN_AGAIN, project_id, person, sentence_id)
        await self.passed_over(project_id, person, sentence_id)
        await self.execute(_CAME_BACK, project_id, **values)
        await self.execute(_LOOK_AGAIN, project_id, sentence_id=sentence_id)

    async def came_back(self, project_id: int, sentences: Sequence[int]) -> None:
        """Answers to these sentences were erased; they may wait again."""
        for sentence_id in sentences:
            here = {"sentence_id": sentence_id}
            if (await self.execute(_WAITS, project_id, **here)).first() is not None:
                await self.execute(_CAME_BACK, project_id, **here, now=self.clock())
                await self.execute(_LOOK_AGAIN, project_id, **here)

    async def resized(self, project_id: int, *, before: int) -> None:
        """So many annotations a sentence were wanted before, another number is now."""
        await self.execute(_DROP_ALL_DONE, project_id)
        await self.execute(_GROWN, project_id, wanted_before=before, now=self.clock())
        await self.execute(_FROM_THE_START, project_id)

    async def _note(
        self, statement: PerDatabase, project_id: int, person: str, sentence_id: int
    ) -> None:
        values = {"person": person, "sentence_id": sentence_id, "now": self.clock()}
        await self.execute(statement, project_id, **values)
