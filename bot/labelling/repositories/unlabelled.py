"""Sentences that nobody has labelled, for a training that learns what another model thinks of them."""

import hashlib
from typing import Any

from sqlalchemy import Select, bindparam, exists, literal_column, select

from bot.db.repository import Repository, in_project
from bot.db.tables.sentences import annotation, flag, sentence


def _untouched(*more: Any) -> Select[Any]:
    """Texts on one side of a place in the order of their hashes: of sentences nobody has finished, labelled or
    flagged."""
    return (
        select(sentence.c.text)
        .where(
            in_project(sentence),
            *more,
            sentence.c.finished_by == literal_column("0"),
            ~exists().where(
                in_project(annotation),
                annotation.c.sentence_id == sentence.c.id,
                annotation.c.spans != (),
            ),
            ~exists().where(in_project(flag), flag.c.sentence_id == sentence.c.id),
        )
        .order_by(sentence.c.text_hash)
        .limit(bindparam("limit"))
    )


_FROM = _untouched(sentence.c.text_hash >= bindparam("place"))
_BEFORE = _untouched(sentence.c.text_hash < bindparam("place"))


class Unlabelled(Repository):
    """The project's own sentences that nobody has labelled."""

    __slots__ = ()

    async def chosen(self, project_id: int, *, seed: int, limit: int) -> tuple[str, ...]:
        """So many texts by chance, for a seed always the same: those whose hashes follow a place in the ring of all
        hashes. One sentence less, and another one takes its place at the end."""
        place = hashlib.sha256(f"unlabelled {seed}".encode()).hexdigest()
        rows = await self.execute(_FROM, project_id, place=place, limit=limit)
        found = tuple(rows.scalars())
        if len(found) < limit:
            more = await self.execute(_BEFORE, project_id, place=place, limit=limit - len(found))
            found += tuple(more.scalars())
        return found
