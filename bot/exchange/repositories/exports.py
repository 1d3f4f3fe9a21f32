"""What is exported: sentences by their number, a page at a time, with everything that was said of them."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from bot.db.repository import Repository, in_project
from bot.db.tables.exchange import origin
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, flag, sentence
from ner_engine.annotation import Span

_PAGE = (
    select(
        sentence.c.id,
        sentence.c.text,
        sentence.c.tokens,
        sentence.c.document,
        sentence.c.permalink,
        sentence.c.created_at,
    )
    .where(in_project(sentence), sentence.c.id > bindparam("after"))
    .order_by(sentence.c.id)
    .limit(bindparam("many"))
)
_SEARCHED = (
    select(sentence.c.id)
    .where(in_project(sentence), sentence.c.id > bindparam("after"))
    .order_by(sentence.c.id)
    .limit(bindparam("many"))
)


def _between(table: Any) -> Any:
    return and_(
        in_project(table),
        table.c.sentence_id >= bindparam("first"),
        table.c.sentence_id <= bindparam("last"),
    )


_SAID = (
    select(
        annotation.c.sentence_id,
        annotation.c.person,
        annotation.c.spans,
        annotation.c.finished,
        annotation.c.updated_at,
    )
    .where(_between(annotation))
    .order_by(annotation.c.sentence_id, annotation.c.person)
)
_DECIDED = select(
    decision.c.sentence_id,
    decision.c.spans,
    decision.c.person,
    decision.c.reason,
    decision.c.created_at,
).where(_between(decision))
_FLAGGED = (
    select(flag.c.sentence_id, flag.c.person, flag.c.note)
    .where(_between(flag))
    .order_by(flag.c.sentence_id, flag.c.person)
)
_ORIGINS = (
    select(
        origin.c.sentence_id,
        origin.c.import_id,
        origin.c.place,
        origin.c.document,
        origin.c.gap,
        origin.c.meta,
        origin.c.suggestions,
        origin.c.effort,
    )
    .where(_between(origin))
    .order_by(origin.c.sentence_id, origin.c.import_id, origin.c.place)
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A person's annotation."""

    person: str
    spans: tuple[Span, ...]
    finished: bool
    at: datetime


@dataclass(slots=True)
class Exported:
    """A sentence with everything that was said of it."""

    id: int
    text: str
    tokens: tuple[tuple[int, int], ...]
    document: str | None
    permalink: str | None
    created_at: datetime
    said: list[Labelled] = field(default_factory=list)
    decided: Row[*tuple[Any, ...]] | None = None
    flags: list[tuple[str, str]] = field(default_factory=list)
    gap: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    suggestions: Sequence[Any] = ()
    effort: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def gold(self) -> tuple[Span, ...] | None:
        """What a reviewer decided, or all who finished it agree on; None where there is no such thing."""
        finished = [each.spans for each in self.said if each.finished]
        if not finished:
            return None
        if self.decided is not None:
            spans: tuple[Span, ...] = self.decided.spans
            return spans
        return finished[0] if all(spans == finished[0] for spans in finished) else None


class Exports(Repository):
    """Reads what is exported."""

    __slots__ = ()

    async def containing(
        self, project_id: int, words: str, *, after: int, many: int
    ) -> tuple[Exported, ...]:
        """The sentences behind this number that have these words, whatever the case of plain letters."""
        matching = _SEARCHED.where(sentence.c.text.icontains(words, autoescape=True))
        ids = (await self.execute(matching, project_id, after=after, many=many)).scalars().all()
        found = [await self.page(project_id, after=number - 1, many=1) for number in ids]
        return tuple(each for page in found for each in page)

    async def page(self, project_id: int, *, after: int, many: int) -> tuple[Exported, ...]:
        """The sentences behind this number."""
        rows = (await self.execute(_PAGE, project_id, after=after, many=many)).all()
        if not rows:
            return ()
        page = {
            row.id: Exported(
                row.id, row.text, row.tokens, row.document, row.permalink, row.created_at
            )
            for row in rows
        }
        await self._add_said(project_id, page, first=rows[0].id, last=rows[-1].id)
        return tuple(page.values())

    async def _add_said(
        self, project_id: int, page: Mapping[int, Exported], *, first: int, last: int
    ) -> None:
        """What was said of each sentence; in one state of the database nothing is said of others."""
        between = {"first": first, "last": last}
        for row in await self.execute(_SAID, project_id, **between):
            said = Labelled(row.person, row.spans, row.finished, row.updated_at)
            page[row.sentence_id].said.append(said)
        for row in await self.execute(_DECIDED, project_id, **between):
            page[row.sentence_id].decided = row
        for row in await self.execute(_FLAGGED, project_id, **between):
            page[row.sentence_id].flags.append((row.person, row.note))
        origins = defaultdict[int, list[Any]](list)
        for row in await self.execute(_ORIGINS, project_id, **between):
            origins[row.sentence_id].append(row)
        for number, found in origins.items():
            _add_origins(page[number], found)


def _add_origins(to: Exported, found: Sequence[Any]) -> None:
    first = found[0]
    to.gap = first.gap
    if to.document is None:
        to.document = first.document
    for row in reversed(found):
        if row.meta is not None:
            to.meta = {**to.meta, **json.loads(row.meta)}
        if row.effort is not None:
            to.effort = {**to.effort, **json.loads(row.effort)}
    to.suggestions = [
        each for row in found if row.suggestions for each in json.loads(row.suggestions)
    ]
