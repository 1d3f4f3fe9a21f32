"""What comes a second time: portions whose answer was lost, and annotations that are there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as listeners

from bot.db.database import Database, Store
from bot.db.transaction import Clock, Transaction
from bot.engine.tokenizer import TokenizerThread
from bot.errors import StoreUnavailable
from bot.exchange.commands import ImportOptions
from bot.exchange.importing import Importer
from bot.exchange.storing import Place
from tests.bot.exchange.conftest import line, write_lines

PLAIN = ImportOptions()


class AnswersLost(Store):
    """A database that is cut off right after it has stored something, every second time."""

    times = 0

    @asynccontextmanager
    async def writing(self, workspace: str, *, alone: bool = False) -> AsyncIterator[Transaction]:
        async with super().writing(workspace, alone=alone) as tx:
            yield tx
        self.times += alone
        if alone and self.times % 2:
            raise StoreUnavailable("the connection is gone")


@pytest.mark.parametrize("count", [10, 500, 700, 1000])
async def test_what_is_stored_although_the_answer_was_lost_is_counted_once(
    database: Database,
    clock: Clock,
    tokenizer: TokenizerThread,
    place: Place,
    tmp_path: Path,
    count: int,
) -> None:
    importer = Importer(AnswersLost(database, clock=clock), tokenizer.tokens)
    values = [line(f"Patient {n} had chest pain.", SYMPTOM="chest pain") for n in range(count)]
    report = await importer.run(place, write_lines(tmp_path / "a.jsonl", *values), PLAIN)
    counts = [report.counts[name] for name in ("texts", "sentences", "duplicates", "spans")]
    assert counts == [count, count, 0, count]


async def test_annotations_that_are_there_are_looked_up_together(
    database: Database, importer: Importer, place: Place, tmp_path: Path
) -> None:
    said: list[Any] = []
    for number, count in enumerate((20, 200)):
        values = [line(f"{number} {n} had chest pain.", SYMPTOM="chest pain") for n in range(count)]
        path = write_lines(tmp_path / f"{number}.jsonl", *values)
        await importer.run(place, path, PLAIN)
        asked: list[str] = []

        def note(*seen: Any, asked: list[str] = asked) -> None:
            asked.append(seen[2])

        engine = database._writers.engine.sync_engine
        listeners.listen(engine, "before_cursor_execute", note)
        report = await importer.run(place, path, PLAIN)
        listeners.remove(engine, "before_cursor_execute", note)
        assert report.counts["duplicates"] == count
        said.append(len(asked))
    assert said[0] == said[1]
