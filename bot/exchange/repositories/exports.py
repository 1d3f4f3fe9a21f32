"""What is exported: sentences by their number, a page at a time, with everything that was said of them."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, select, type_coerce

from bot.db.records.sentences import folded
from bot.db.repository import Repository, in_project
from bot.db.search.lookup import TextSearch
from bot.db.tables.exchange import origin
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, flag, sentence
from bot.db.types import read_spans
from ner_engine.annotation import Span

_TEXTS = (
    select(
        sentence.c.id,
        sentence.c.text,
        sentence.c.tokens,
        sentence.c.document,
        sentence.c.permalink,
        sentence.c.created_at,
    )
    .where(in_project(sentence))
    .order_by(sentence.c.id)
)
_PAGE = _TEXTS.where(sentence.c.id > bindparam("after")).limit(bindparam("many"))
_SAID = (
    select(
        annotation.c.sentence_id,
        annotation.c.person,
        type_coerce(annotation.c.spans, Text).label("spans"),
        annotation.c.finished,
        annotation.c.updated_at,
    )
    .where(in_project(annotation))
    .order_by(annotation.c.sentence_id, annotation.c.person)
)
_DECIDED = select(
    decision.c.sentence_id,
    decision.c.spans,
    decision.c.person,
    decision.c.reason,
    decision.c.created_at,
).where(in_project(decision))
_FLAGGED = (
    select(flag.c.sentence_id, flag.c.person, flag.c.note)
    .where(in_project(flag))
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
    .where(in_project(origin))
    .order_by(origin.c.sentence_id, origin.c.import_id, origin.c.place)
)


@dataclass(frozen=True, slots=True)
class _About:
    """What was said of sentences."""

    said: Select[Any]
    decided: Select[Any]
    flagged: Select[Any]
    origins: Select[Any]


def _about(of_these: Callable[[Any], ColumnElement[bool]]) -> _About:
    return _About(
        _SAID.where(of_these(annotation)),
        _DECIDED.where(of_these(decision)),
        _FLAGGED.where(of_these(flag)),
        _ORIGINS.where(of_these(origin)),
    )


#: Rows turned into values at a time, so that the event loop is not held.
_AT_ONCE = 500
#: Of sentences that come one after the other, and of any.
_ABOUT_STRETCH = _about(
    lambda table: table.c.sentence_id.between(bindparam("first"), bindparam("last"))
)
_ABOUT_THESE = _about(lambda table: table.c.sentence_id.in_(bindparam("ids", expanding=True)))
#: A phrase with one of them may be in a text in whose folded form its own is not: some databases take the one letter
#: for two.
_TWO_LETTERS = frozenset("\u0130\u0307")


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
        matching = _TEXTS.where(sentence.c.text.icontains(words, autoescape=True))
        phrase = "" if _TWO_LETTERS & set(words) else folded(words)
        found = await TextSearch(self.tx).rows(
            project_id, matching, [phrase], limit=many, after=after
        )
        return await self._filled(project_id, found, _ABOUT_THESE, ids=[row.id for row in found])

    async def page(self, project_id: int, *, after: int, many: int) -> tuple[Exported, ...]:
        """The sentences behind this number."""
        rows = (await self.execute(_PAGE, project_id, after=after, many=many)).all()
        bounds = {"first": rows[0].id, "last": rows[-1].id} if rows else {}
        return await self._filled(project_id, rows, _ABOUT_STRETCH, **bounds)

    async def _filled(
        self, project_id: int, rows: Sequence[Any], about: _About, **which: Any
    ) -> tuple[Exported, ...]:
        """These sentences, each with what was said of it; in one state of the database nothing is said of others."""
        if not rows:
            return ()
        page = {
            row.id: Exported(
                row.id, row.text, row.tokens, row.document, row.permalink, row.created_at
            )
            for row in rows
        }
        # People mostly agree, and what is the same is read once.
        known: dict[str, tuple[Span, ...]] = {}
        rows_said: Any = await self.execute(about.said, project_id, **which)
        for some in rows_said.partitions(_AT_ONCE):
            for number, person, spans, finished, at in some:
                if spans not in known:
                    known[spans] = read_spans(spans)
                page[number].said.append(Labelled(person, known[spans], finished, at))
            await asyncio.sleep(0)
        for row in await self.execute(about.decided, project_id, **which):
            page[row.sentence_id].decided = row
        for row in await self.execute(about.flagged, project_id, **which):
            page[row.sentence_id].flags.append((row.person, row.note))
        origins = defaultdict[int, list[Any]](list)
        for row in await self.execute(about.origins, project_id, **which):
            origins[row.sentence_id].append(row)
        for number, found in origins.items():
            _add_origins(page[number], found)
        return tuple(page.values())


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
