"""Sentences that people say are broken or need talk."""

from sqlalchemy import bindparam, delete, distinct, func, select, update

from bot.db.records.assignments import Assignments, copy_rows
from bot.db.records.events import Events
from bot.db.records.sentences import COLUMNS
from bot.db.repository import PerDatabase, Repository, in_project, inserts, replace_columns
from bot.db.tables.queue import skip
from bot.db.tables.sentences import flag, sentence
from bot.db.types import Id
from bot.domain.events import Event, EventKind
from bot.domain.flags import Flag
from bot.domain.project import Sentence
from bot.labelling.repositories.queue import UNSKIP

_PUT = inserts(flag, lambda insert: replace_columns(insert, flag, "note"))
_OF_SENTENCE = (in_project(flag), flag.c.sentence_id == bindparam("sentence_id"))
_NOTE = select(flag.c.note).where(*_OF_SENTENCE, flag.c.person == bindparam("person"))
_REMOVE = delete(flag).where(*_OF_SENTENCE, flag.c.person == bindparam("person"))
_SAY_WHY = (
    update(flag)
    .where(
        in_project(flag),
        flag.c.sentence_id == bindparam("of_sentence", type_=Id),
        flag.c.person == bindparam("of_person"),
    )
    .values(note=bindparam("words"))
)
_COUNT = select(func.count(distinct(flag.c.sentence_id))).where(in_project(flag))
_ALL = (
    select(*COLUMNS, flag.c.person, flag.c.note, flag.c.flagged_at)
    .select_from(flag.join(sentence, flag.c.sentence_id == sentence.c.id))
    .where(in_project(flag), in_project(sentence))
    .order_by(flag.c.flagged_at, flag.c.sentence_id, flag.c.person)
    .limit(bindparam("limit"))
)
_SETTLE = delete(flag).where(*_OF_SENTENCE).returning(flag.c.person, flag.c.note)
# Who flagged a sentence has had it: it does not come to them again.
_AS_SKIPS: PerDatabase = copy_rows(
    skip,
    select(flag.c.workspace, flag.c.project_id, flag.c.sentence_id, flag.c.person, flag.c.flagged_at)
    .where(*_OF_SENTENCE),
)  # fmt: skip


class Flags(Repository):
    """Sentences that people say are broken or need talk."""

    __slots__ = ()

    async def put(
        self, project_id: int, person: str, sentence_id: int, *, note: str = ""
    ) -> str | None:
        """Keep a sentence for reviewers, with a note why, and away from this person; a second flag
        replaces the note, which is the answer."""
        now = self.clock()
        mine = {"person": person, "sentence_id": sentence_id}
        replaced: str | None = (await self.execute(_NOTE, project_id, **mine)).scalar()
        await self.execute(_PUT, project_id, **mine, note=note, flagged_at=now)
        await self._turns().let_go(project_id, person, sentence_id)
        await self._turns().answered(project_id, person, sentence_id)
        return replaced

    async def remove(self, project_id: int, person: str, sentence_id: int) -> None:
        """Take the person's flag back and let the sentence come again (undo of a flag)."""
        await self.execute(_REMOVE, project_id, person=person, sentence_id=sentence_id)
        await self._turns().open_again(project_id, person, sentence_id)

    async def say_why(self, project_id: int, person: str, sentence_id: int, note: str) -> bool:
        """Write the reason of a person's flag down; False where it was undone or settled."""
        changed = await self.execute(
            _SAY_WHY, project_id, of_person=person, of_sentence=sentence_id, words=note
        )
        return bool(changed.rowcount)

    async def all(self, project_id: int, *, limit: int) -> tuple[Flag, ...]:
        """What people have flagged and no reviewer has settled, oldest first."""
        rows = await self.execute(_ALL, project_id, limit=limit)
        return tuple(
            Flag(Sentence(row.id, row.text, row.tokens), row.person, row.note, row.flagged_at)
            for row in rows
        )

    async def count(self, project_id: int) -> int:
        """How many sentences that is."""
        return int((await self.execute(_COUNT, project_id)).scalar_one())

    async def settle(self, project_id: int, sentence_id: int, *, person: str) -> bool:
        """A reviewer has looked after a sentence's flags: they leave the list, an event keeps them.
        False where it has none."""
        await self.execute(_AS_SKIPS, project_id, sentence_id=sentence_id)
        rows = (await self.execute(_SETTLE, project_id, sentence_id=sentence_id)).all()
        if not rows:
            return False
        await Events(self.tx).add(
            project_id,
            EventKind.FLAG_SETTLED,
            person=person,
            sentence_id=sentence_id,
            detail={"flags": [[row.person, row.note] for row in rows]},
        )
        return True

    async def reopen(self, project_id: int, settled: Event, *, person: str) -> None:
        """Undo that flags were settled: they wait for a reviewer again."""
        assert settled.sentence_id is not None
        for whose, note in (settled.detail or {})["flags"]:
            place = {"person": whose, "sentence_id": settled.sentence_id}
            await self.execute(UNSKIP, project_id, **place)
            await self.put(project_id, whose, settled.sentence_id, note=note)
        await Events(self.tx).add(
            project_id,
            EventKind.FLAG_SETTLED,
            person=person,
            sentence_id=settled.sentence_id,
            undoes=settled.id,
        )

    def _turns(self) -> Assignments:
        return Assignments(self.tx)
