"""Sentences with some words, found through the index; those that are in no segment are looked at one by one."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from bot.db.repository import Repository, by_key, in_project
from bot.db.search.grams import common_places, grams_to_look_up, unpack_ids
from bot.db.tables.search import search_posting, search_segment
from bot.db.tables.sentences import sentence

_FIRST_WINDOW, _WIDER = 1, 4
"""Segments that are looked at together: few at first, because a frequent phrase is in the first of them."""
_AT_ONCE = 500
"""Sentences whose texts are looked at together."""
_NO_END = 2**62

_SEGMENTS = by_key(
    select(
        search_segment.c.last_id,
        search_segment.c.first_id,
        search_segment.c.size,
        search_segment.c.sentences.is_(None).label("stale"),
    )
    .where(in_project(search_segment), search_segment.c.last_id > bindparam("after"))
    .order_by(search_segment.c.last_id)
)


def _segments(table: Any) -> Any:
    return in_project(table), table.c.last_id.in_(bindparam("segments", expanding=True))


_SENTENCES = select(search_segment.c.last_id, search_segment.c.sentences).where(
    *_segments(search_segment)
)
_POSTINGS = select(search_posting.c.last_id, search_posting.c.gram, search_posting.c.places).where(
    *_segments(search_posting), search_posting.c.gram.in_(bindparam("grams", expanding=True))
)
_THESE = sentence.c.id.in_(bindparam("these", expanding=True))
_BETWEEN = sentence.c.id.between(bindparam("between_first"), bindparam("between_last"))

#: Ids, or the first and the last of all that are in between.
_Part = list[int] | tuple[int, int]
#: For each phrase the grams that a text with it has.
_Asked = Sequence[tuple[int, ...]]


class TextSearch(Repository):
    """Finds sentences by words that are in their folded texts."""

    __slots__ = ()

    async def rows(
        self,
        project_id: int,
        wanted: Select[Any],
        phrases: Sequence[str],
        *,
        limit: int,
        after: int = 0,
        **values: object,
    ) -> list[Row[Any]]:
        """The first rows of `wanted` behind the sentence with this id. It selects from the sentences of a project, in
        the order of their ids, those that meet a condition; only folded texts with one of the phrases may meet it."""
        found: list[Row[Any]] = []
        async for part in self._parts(project_id, phrases, after):
            more = wanted.limit(limit - len(found))
            if isinstance(part, tuple):
                first, last = part
                asked = more.where(_BETWEEN)
                bounds = {"between_first": max(first, after + 1), "between_last": last}
                rows = await self.execute(asked, project_id, **values, **bounds)
            else:
                these = [each for each in part if each > after]
                rows = await self.execute(more.where(_THESE), project_id, **values, these=these)
            found.extend(rows)
            if len(found) >= limit:
                break
        return found

    async def _parts(
        self, project_id: int, phrases: Sequence[str], after: int
    ) -> AsyncIterator[_Part]:
        """Where such texts may be, in order."""
        asked = [grams_to_look_up(phrase) for phrase in phrases]
        segments = (await self.execute(_SEGMENTS, project_id, after=after)).all()
        if not segments or not all(asked):
            yield after + 1, _NO_END
            return
        begin, window = 0, _FIRST_WINDOW
        waiting: list[int] = []
        while begin < len(segments):
            some = segments[begin : begin + window]
            candidates = await self._candidates(project_id, some, asked)
            for segment in some:
                if segment.stale:
                    if waiting:
                        yield waiting
                        waiting = []
                    yield segment.first_id, segment.last_id
                    continue
                waiting += candidates.get(segment.last_id, ())
                while len(waiting) >= _AT_ONCE:
                    yield waiting[:_AT_ONCE]
                    waiting = waiting[_AT_ONCE:]
            begin, window = begin + window, window * _WIDER
        if waiting:
            yield waiting
        yield segments[-1].last_id + 1, _NO_END

    async def _candidates(
        self, project_id: int, segments: Sequence[Row[Any]], asked: _Asked
    ) -> dict[int, list[int]]:
        """By segment, the ids of sentences that have all grams of a phrase."""
        sizes = {segment.last_id: segment.size for segment in segments if not segment.stale}
        if not sizes:
            return {}
        postings: dict[int, dict[int, bytes]] = {last_id: {} for last_id in sizes}
        grams = {gram for each in asked for gram in each}
        place = {"segments": list(sizes), "grams": sorted(grams)}
        for row in await self.execute(_POSTINGS, project_id, **place):
            postings[row.last_id][row.gram] = row.places
        places = {
            last_id: _places(postings[last_id], asked, size) for last_id, size in sizes.items()
        }
        some = [last_id for last_id, found in places.items() if found]
        if not some:
            return {}
        rows = await self.execute(_SENTENCES, project_id, segments=some)
        ids = {row.last_id: unpack_ids(row.sentences) for row in rows}
        return {last_id: [ids[last_id][place] for place in places[last_id]] for last_id in some}


def _places(postings: dict[int, bytes], asked: _Asked, size: int) -> list[int]:
    found: set[int] = set()
    for grams in asked:
        found.update(common_places(map(postings.get, grams), size))
    return sorted(found)
