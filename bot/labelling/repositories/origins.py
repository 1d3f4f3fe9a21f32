"""What files say of sentences: what stands beside them in their document, and what models of other tools found."""

import json
from typing import Any

from sqlalchemy import bindparam, select

from bot.db.repository import Repository, by_key, in_project
from bot.db.tables.exchange import origin
from bot.db.tables.sentences import sentence
from bot.labelling.values.cards import ImportedSuggestion, Neighbours
from ner_engine.annotation import Span

_PLACES = by_key(
    select(origin.c.import_id, origin.c.place, origin.c.document, origin.c.suggestions)
    .where(in_project(origin), origin.c.sentence_id == bindparam("sentence_id"))
    .order_by(origin.c.import_id, origin.c.place)
)
_BESIDE = by_key(
    select(origin.c.place, sentence.c.text)
    .join(
        sentence,
        (sentence.c.workspace == origin.c.workspace)
        & (sentence.c.project_id == origin.c.project_id)
        & (sentence.c.id == origin.c.sentence_id),
    )
    .where(
        in_project(origin),
        origin.c.import_id == bindparam("import_id"),
        origin.c.place.in_([bindparam("before"), bindparam("behind")]),
        origin.c.document == bindparam("document"),
    )
)


class Origins(Repository):
    """Where imported sentences were."""

    __slots__ = ()

    async def neighbours(self, project_id: int, sentence_id: int) -> Neighbours:
        """The sentences before and behind one in its document; of several documents in the first."""
        rows = await self.execute(_PLACES, project_id, sentence_id=sentence_id)
        at = next((row for row in rows if row.document is not None), None)
        if at is None:
            return Neighbours()
        beside = await self.execute(
            _BESIDE,
            project_id,
            import_id=at.import_id,
            before=at.place - 1,
            behind=at.place + 1,
            document=at.document,
        )
        texts = {row.place: row.text for row in beside}
        return Neighbours(texts.get(at.place - 1, ""), texts.get(at.place + 1, ""))

    async def suggestions(
        self, project_id: int, sentence_id: int
    ) -> tuple[ImportedSuggestion, ...]:
        """What models of other tools found in a sentence, the newest import first."""
        rows = (await self.execute(_PLACES, project_id, sentence_id=sentence_id)).all()
        return tuple(
            _to_suggestion(*said)
            for row in reversed(rows)
            if row.suggestions
            for said in json.loads(row.suggestions)
        )


def _to_suggestion(source: str | None, spans: list[Any]) -> ImportedSuggestion:
    return ImportedSuggestion(source or "a model", tuple(Span(*span) for span in spans))
