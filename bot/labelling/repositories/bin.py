"""Sentences that were deleted: all rows about each, kept aside until it comes back or is forgotten."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Table, Text, delete, insert, select, type_coerce

from bot.db.records.assignments import Assignments
from bot.db.records.counters import Counters
from bot.db.records.events import Events
from bot.db.repository import Repository, in_project, inserts
from bot.db.tables.deleted import bin_
from bot.db.tables.exchange import origin
from bot.db.tables.queue import hand, handed, shown, skip
from bot.db.tables.review import correction, decision, precedent, suspicion
from bot.db.tables.sentences import annotation, event, flag, merged, sentence
from bot.db.types import Moment, Spans, Tokens, Value
from bot.domain.events import EventKind

#: In the order in which they may be put back.
_TABLES = (
    sentence, annotation, event, flag, merged, handed, shown, skip, correction, decision, precedent,
    suspicion, origin,
)  # fmt: skip
_PUT = inserts(bin_, lambda insert: insert)


class Bin(Repository):
    """Takes sentences out of a project, and puts them back as they were."""

    __slots__ = ()

    async def put(self, project_id: int, sentence_id: int, *, person: str) -> str | None:
        """Take a sentence out; its text, None where it is not there."""
        rows = {table.name: await self._rows(table, project_id, sentence_id) for table in _TABLES}
        if not rows[sentence.name]:
            return None
        text: str = rows[sentence.name][0]["text"]
        async with self._counting(project_id, sentence_id, -1):
            for table in (hand, *reversed(_TABLES)):
                await self.execute(
                    delete(table).where(in_project(table), _key(table) == sentence_id), project_id
                )
        await self.execute(
            _PUT,
            project_id,
            sentence_id=sentence_id,
            text=text,
            rows=json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
            person=person,
            created_at=self.clock(),
        )
        return text

    async def restore(self, project_id: int, sentence_id: int) -> bool:
        """Put a sentence back; False where it is not here, or its text was added again since."""
        this = (in_project(bin_), bin_.c.sentence_id == sentence_id)
        stored = (await self.execute(select(bin_.c.rows).where(*this), project_id)).scalar()
        if stored is None:
            return False
        rows = json.loads(stored)
        again = select(sentence.c.id).where(
            in_project(sentence), sentence.c.text_hash == rows[sentence.name][0]["text_hash"]
        )
        if (await self.execute(again, project_id)).first() is not None:
            return False
        async with self._counting(project_id, sentence_id, 1):
            for table in _TABLES:
                for row in sorted(rows.get(table.name, ()), key=lambda row: row.get("id", 0)):
                    await self.connection.execute(insert(table).values(_to_values(table, row)))
        await self.execute(delete(bin_).where(*this), project_id)
        await Assignments(self.tx).came_back(project_id, [sentence_id])
        return True

    async def withdraw(self, project_id: int, sentence_id: int, *, person: str) -> None:
        """Take a sentence out whose only step was undone; the record says so, and can bring it back."""
        if await self.put(project_id, sentence_id, person=person) is None:
            return
        detail = {"sentence": sentence_id}
        await Events(self.tx).add(
            project_id, EventKind.SENTENCE_DELETED, person=person, detail=detail
        )

    async def all(self, project_id: int) -> dict[int, str]:
        """The texts of what is in it, by number."""
        wanted = select(bin_.c.sentence_id, bin_.c.text).where(in_project(bin_))
        return {row.sentence_id: row.text for row in await self.execute(wanted, project_id)}

    @asynccontextmanager
    async def _counting(self, project_id: int, sentence_id: int, more: int) -> AsyncIterator[None]:
        async with Counters(self.tx).changing(project_id, sentence_id):
            yield
        await Counters(self.tx).sentences_added(project_id, more)

    async def _rows(self, table: Table, project_id: int, sentence_id: int) -> list[dict[str, Any]]:
        columns = [
            type_coerce(column, Text).label(column.name) if _is_json(column) else column
            for column in table.c
        ]
        wanted = select(*columns).where(in_project(table), _key(table) == sentence_id)
        return [
            {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in row._asdict().items()
            }
            for row in await self.execute(wanted, project_id)
        ]


def _key(table: Table) -> Any:
    return table.c.id if table is sentence else table.c.sentence_id


def _is_json(column: Any) -> bool:
    return isinstance(column.type, Spans | Tokens | Value)


def _to_values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.c:
        value = row.get(column.name)
        if value is None:
            values[column.name] = None
        elif isinstance(column.type, Moment):
            values[column.name] = datetime.fromisoformat(value)
        elif isinstance(column.type, Boolean):
            values[column.name] = bool(value)
        else:
            values[column.name] = type_coerce(value, Text) if _is_json(column) else value
    return values
