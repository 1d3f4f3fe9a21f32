"""The index of a project's sentences, made a segment at a time beside those who label."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from bot.db.many_rows import insert_rows
from bot.db.repository import Repository, in_project, inserts, replace_columns
from bot.db.search.grams import Postings, pack, pack_ids
from bot.db.tables.search import search_posting, search_segment
from bot.db.tables.sentences import sentence

SEGMENT = 4_096
"""Sentences of a segment. So many of the newest are in none, and are read one by one."""

_STALE = (
    select(search_segment.c.first_id, search_segment.c.last_id)
    .where(in_project(search_segment), search_segment.c.sentences.is_(None))
    .order_by(search_segment.c.last_id)
    .limit(1)
)
_INDEXED_TO = select(func.max(search_segment.c.last_id)).where(in_project(search_segment))
_BETWEEN = in_project(sentence), sentence.c.id.between(bindparam("first"), bindparam("last"))
_IDS = select(sentence.c.id).where(*_BETWEEN).order_by(sentence.c.id)
_TEXTS = (
    select(sentence.c.id, sentence.c.text_folded)
    .where(in_project(sentence), sentence.c.id >= bindparam("first"))
    .order_by(sentence.c.id)
)
_IS_STALE = select(search_segment.c.sentences.is_(None)).where(
    in_project(search_segment), search_segment.c.last_id == bindparam("last")
)
_PUT = inserts(
    search_segment,
    lambda insert: replace_columns(insert, search_segment, "first_id", "size", "sentences"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Sentences that are to become a segment."""

    first: int
    """The id behind the last one of the segment before."""
    last: int
    ids: tuple[int, ...]
    texts: tuple[str, ...]
    """Folded."""
    again: bool
    """Whether it was a segment before a sentence went or came back."""


class SearchIndex(Repository):
    """Says what is to be indexed, and keeps what was."""

    __slots__ = ()

    async def next_piece(self, project_id: int) -> Piece | None:
        """The oldest segment that is to be made again, or else the oldest sentences that are in none if they are enough
        for one."""
        stale = (await self.execute(_STALE, project_id)).first()
        if stale is not None:
            wanted = _TEXTS.where(sentence.c.id <= bindparam("last"))
            first, last = stale.first_id, stale.last_id
            rows = (await self.execute(wanted, project_id, first=first, last=last)).all()
        else:
            first = 1 + ((await self.execute(_INDEXED_TO, project_id)).scalar() or 0)
            rows = (await self.execute(_TEXTS.limit(SEGMENT), project_id, first=first)).all()
            if len(rows) < SEGMENT:
                return None
            last = rows[-1].id
        ids, texts = tuple(row.id for row in rows), tuple(row.text_folded for row in rows)
        return Piece(first, last, ids, texts, again=stale is not None)

    async def keep(self, project_id: int, piece: Piece, postings: Postings) -> bool:
        """Keep a segment, unless its sentences are others by now, or another process was faster."""
        self.tx.must_be_alone()
        self.tx.need_room()
        if not await self._is_as_it_was(project_id, piece):
            return False
        size = len(piece.ids)
        await self.execute(
            _PUT,
            project_id,
            last_id=piece.last,
            first_id=piece.first,
            size=size,
            sentences=pack_ids(piece.ids),
        )
        grams: Sequence[int] = sorted(postings)
        await insert_rows(
            self.connection,
            search_posting,
            {"gram": grams, "places": [pack(postings[gram], size) for gram in grams]},
            workspace=self.workspace,
            project_id=project_id,
            last_id=piece.last,
        )
        return True

    async def _is_as_it_was(self, project_id: int, piece: Piece) -> bool:
        if piece.again:
            is_open = (await self.execute(_IS_STALE, project_id, last=piece.last)).scalar()
        else:
            indexed_to = (await self.execute(_INDEXED_TO, project_id)).scalar() or 0
            is_open = indexed_to == piece.first - 1
        if not is_open:
            return False
        ids = await self.execute(_IDS, project_id, first=piece.first, last=piece.last)
        return tuple(ids.scalars()) == piece.ids
