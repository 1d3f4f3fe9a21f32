"""How much a project's team has done, summed up in SQL."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)

from bot.db.records.counters import Counters
from bot.db.records.counting import shared_sentences
from bot.db.records.shown import was_shown
from bot.db.repository import Repository, in_project
from bot.db.tables.sentences import annotation, sentence
from bot.db.types import read_spans
from bot.team.values.stats import PersonStats
from ner_engine.annotation import Span

#: As the index has it, which would not be used for a comparison.
_FINISHED: ColumnElement[bool] = literal_column("annotation.finished")
#: Rows read at a time, so that the event loop is not held.
_AT_ONCE = 1_000
#: A sentence, a person, what they finished it with, as it is stored, and whether something was suggested to them.
Shared = tuple[int, str, str, bool]


class Statistics(Repository):
    """How much the team has done."""

    __slots__ = ()

    async def finished_since(
        self, project_id: int, *times: datetime, some_disputed: bool = True
    ) -> tuple[int, ...]:
        """For each time: sentences that are finished and undisputed, which somebody finished or changed then or later.
        Where none of the project is disputed, what people said is not compared."""
        # Not the column itself: SQLite would go through all annotations in the order in which it groups them.
        number = annotation.c.sentence_id + literal_column("0")
        lately = (
            select(number.label("sentence_id"), func.max(annotation.c.updated_at).label("last"))
            .where(in_project(annotation), _FINISHED, annotation.c.updated_at >= min(times))
            .group_by(number)
            .cte("lately")
        )
        # Once for all of the times: a week may have 100,000 annotations.
        since = [func.sum(cast(lately.c.last >= time, Integer)) for time in times]
        found = await self._numbers(project_id, select(*since))
        if not some_disputed:
            return found
        disputed = shared_sentences(
            self.workspace,
            project_id,
            sentence.c.id.in_(select(lately.c.sentence_id)),
            agreed=False,
        )
        join = lately.join(disputed, lately.c.sentence_id == disputed.c.id)
        less = await self._numbers(project_id, select(*since).select_from(join))
        return tuple(one - other for one, other in zip(found, less, strict=True))

    async def _numbers(self, project_id: int, wanted: Any) -> tuple[int, ...]:
        """A row of sums."""
        return tuple(number or 0 for number in (await self.execute(wanted, project_id)).one())

    async def people(
        self, project_id: int, *, today: datetime, week: datetime
    ) -> tuple[PersonStats, ...]:
        """What each person finished, who finished most first."""
        at = annotation.c.updated_at
        wanted = (
            select(
                annotation.c.person,
                func.sum(cast(at >= today, Integer)).label("today"),
                func.count().label("week"),
            )
            .where(in_project(annotation), _FINISHED, at >= min(today, week))
            .group_by(annotation.c.person)
        )
        lately = {row.person: row for row in await self.execute(wanted, project_id)}
        every = await Counters(self.tx).people(project_id)
        return tuple(
            PersonStats(
                person,
                lately[person].today if person in lately else 0,
                lately[person].week if person in lately else 0,
                number,
            )
            for person, number in sorted(every.items(), key=lambda pair: (-pair[1], pair[0]))
        )

    async def shared(self, project_id: int, *, limit: int, annotations: int) -> tuple[Shared, ...]:
        """The newest sentences that several people finished, with each person's spans; no more than so many of
        either, and a sentence wholly or not at all."""
        newest = (
            select(sentence.c.id)
            .where(in_project(sentence), sentence.c.finished_by > literal_column("1"))
            .order_by(sentence.c.id.desc())
            .limit(limit)
        )
        # The index has the ids alone: asked for more, PostgreSQL would go through all sentences from the newest on.
        how_many = (
            select(sentence.c.id, sentence.c.finished_by)
            .where(in_project(sentence), sentence.c.id.in_(newest))
            .order_by(sentence.c.id.desc())
        )
        ids, left = list[int](), annotations
        for row in await self.execute(how_many, project_id):
            left -= row.finished_by
            if left < 0:
                break
            ids.append(row.id)
        wanted = (
            select(
                annotation.c.sentence_id,
                annotation.c.person,
                type_coerce(annotation.c.spans, Text).label("spans"),
                was_shown.label("shown"),
            )
            .where(
                in_project(annotation),
                annotation.c.finished,
                annotation.c.sentence_id.in_(ids),
            )
            .order_by(annotation.c.sentence_id.desc(), annotation.c.person)
        )
        rows: list[Shared] = []
        found = await self.execute(wanted, project_id)
        for some in found.partitions(_AT_ONCE):
            rows.extend((row.sentence_id, row.person, row.spans, bool(row.shown)) for row in some)
            await asyncio.sleep(0)
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class SharedSentence:
    """What each person marked in a sentence that several finished."""

    by_person: dict[str, tuple[Span, ...]]
    blind: bool
    """At most one of them was shown a suggestion: what a model says did not make them agree."""


def by_sentence(shared: Sequence[Shared]) -> list[SharedSentence]:
    """The rows of each sentence together. Pure, and slow for many: not for the event loop."""
    known: dict[str, tuple[Span, ...]] = {}
    found: dict[int, dict[str, tuple[Span, ...]]] = {}
    helped: Counter[int] = Counter()
    for sentence_id, person, spans, was_helped in shared:
        if spans not in known:
            known[spans] = read_spans(spans)
        found.setdefault(sentence_id, {})[person] = known[spans]
        helped[sentence_id] += was_helped
    return [
        SharedSentence(by_person, blind=helped[number] < 2) for number, by_person in found.items()
    ]
