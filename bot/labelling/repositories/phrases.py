"""Where phrases are in the sentences of a project, as one person has annotated them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from bot.db.records.sentences import COLUMNS, folded, to_sentence
from bot.db.repository import Repository, in_project
from bot.db.search.lookup import TextSearch
from bot.db.tables.sentences import annotation, sentence
from bot.domain.project import Annotation, Sentence
from bot.labelling.values.bulk import Place

_MINE = and_(
    annotation.c.workspace == sentence.c.workspace,
    annotation.c.project_id == sentence.c.project_id,
    annotation.c.sentence_id == sentence.c.id,
    annotation.c.person == bindparam("person"),
)
_PLACES = (
    select(*COLUMNS, sentence.c.finished_by, annotation.c.spans, annotation.c.finished)
    .select_from(sentence.outerjoin(annotation, _MINE))
    .where(in_project(sentence))
    .order_by(sentence.c.id)
)
_THESE = _PLACES.where(sentence.c.id.in_(bindparam("sentences", expanding=True)))


class Phrases(Repository):
    """Where phrases are in the sentences of a project, as one person has annotated them."""

    __slots__ = ()

    async def places(
        self, project_id: int, person: str, phrase: str, *, limit: int, after: int = 0
    ) -> tuple[Place, ...]:
        """Sentences whose folded text holds the folded phrase, oldest first, after the one with this id."""
        wanted = folded(phrase)
        places = _PLACES.where(sentence.c.text_folded.contains(wanted, autoescape=True))
        rows = await TextSearch(self.tx).rows(
            project_id, places, [wanted], limit=limit, after=after, person=person
        )
        return tuple(_to_place(row, person) for row in rows)

    async def places_of(
        self, project_id: int, person: str, sentences: Sequence[int]
    ) -> tuple[Place, ...]:
        """These sentences, as far as they are there, oldest first."""
        rows = await self.execute(_THESE, project_id, person=person, sentences=list(sentences))
        return tuple(_to_place(row, person) for row in rows)

    async def texts_with(
        self, project_id: int, pieces: Sequence[str], *, limit: int
    ) -> tuple[Sentence, ...]:
        """Sentences that hold any of the pieces of words, oldest first."""
        if not pieces:
            return ()
        wanted = [folded(piece) for piece in pieces]
        holds = [sentence.c.text_folded.contains(each, autoescape=True) for each in wanted]
        texts = select(*COLUMNS).where(in_project(sentence), or_(*holds)).order_by(sentence.c.id)
        rows = await TextSearch(self.tx).rows(project_id, texts, wanted, limit=limit)
        return tuple(map(to_sentence, rows))


def _to_place(row: Row[*tuple[Any, ...]], person: str) -> Place:
    mine = Annotation(to_sentence(row), person, row.spans or (), finished=bool(row.finished))
    return Place(mine, finished_by_others=row.finished_by - mine.finished)
