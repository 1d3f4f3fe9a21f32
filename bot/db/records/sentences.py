"""The texts of a project, each stored once and never changed."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, select

from bot.db.records.counters import Counters
from bot.db.repository import Repository, by_key, in_project, insert_if_new
from bot.db.tables.exchange import origin
from bot.db.tables.queue import hand, handed, skip
from bot.db.tables.sentences import annotation, event, flag, sentence
from bot.domain.project import Offsets, Sentence
from ner_engine.annotation import fold

COLUMNS = (
    sentence.c.id,
    sentence.c.text,
    sentence.c.tokens,
    sentence.c.permalink,
    sentence.c.document,
)

_HERE = select(*COLUMNS).where(in_project(sentence))
_GET = by_key(_HERE.where(sentence.c.id == bindparam("sentence_id")))
_FIND = by_key(_HERE.where(sentence.c.text_hash == bindparam("text_hash")))
_ADD = insert_if_new(sentence, sentence.c.id)
#: What knows a sentence that somebody has worked with, held, passed over or flagged, or that was imported.
_TRACES = (annotation, event, hand, handed, skip, flag, origin)
_WITHDRAW = (
    delete(sentence)
    .where(in_project(sentence), sentence.c.id.in_(bindparam("sentences", expanding=True)))
    .where(
        *(
            ~exists().where(in_project(table), table.c.sentence_id == sentence.c.id)
            for table in _TRACES
        )
    )
    .returning(sentence.c.id)
)


def to_sentence(row: Row[*tuple[Any, ...]]) -> Sentence:
    """The value of a row that has COLUMNS."""
    return Sentence(row.id, row.text, row.tokens, row.permalink, row.document)


class Sentences(Repository):
    """The texts of a project, each stored once."""

    __slots__ = ()

    async def get(self, project_id: int, sentence_id: int) -> Sentence | None:
        """The sentence, None where this project has no such id."""
        row = (await self.execute(_GET, project_id, sentence_id=sentence_id)).first()
        return None if row is None else to_sentence(row)

    async def find(self, project_id: int, text: str) -> Sentence | None:
        """The sentence with exactly this text."""
        row = (await self.execute(_FIND, project_id, text_hash=text_hash(text))).first()
        return None if row is None else to_sentence(row)

    async def add(
        self,
        project_id: int,
        text: str,
        tokens: Sequence[Offsets],
        *,
        person: str,
        source: str,
        permalink: str | None = None,
    ) -> tuple[Sentence, bool]:
        """Store a text; with True where it is new, with False the one that was there."""
        self.tx.must_be_alone()
        self.tx.need_room()
        added = await self.execute(
            _ADD,
            project_id,
            text=text,
            text_hash=text_hash(text),
            text_folded=folded(text),
            tokens=tuple(tokens),
            person=person,
            source=source,
            permalink=permalink,
            created_at=self.clock(),
            finished_by=0,
        )
        if (new_id := added.scalar()) is not None:
            await Counters(self.tx).sentences_added(project_id, 1)
            return Sentence(new_id, text, tuple(tokens), permalink), True
        found = await self.find(project_id, text)
        assert found is not None
        return found, False

    async def withdraw(self, project_id: int, sentences: Sequence[int]) -> frozenset[int]:
        """Remove those of these sentences that nobody has worked with; which they were."""
        gone = await self.execute(_WITHDRAW, project_id, sentences=list(sentences))
        ids = frozenset(row.id for row in gone)
        await Counters(self.tx).sentences_added(project_id, -len(ids))
        return ids


def text_hash(text: str) -> str:
    """What makes a text itself, in an index that does not grow with it."""
    return hashlib.sha256(text.encode()).hexdigest()


def folded(text: str) -> str:
    """The form in which phrases are looked for. SQLite compares ASCII letters without case anyway;
    so do all, everywhere."""
    return fold(text).lower()
