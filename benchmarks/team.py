"""How long a team's steps take in a large project.

    python -m benchmarks.team

Builds a SQLite database of 100,000 finished sentences in a temporary folder, 2,000 of them finished by two people who
disagree on half of them, with an event for each, and measures what /nerbot does in it. Times are in milliseconds.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.db.database import Database, Store
from bot.db.records.counters import Counters
from bot.db.records.precedents import Precedents
from bot.db.records.sentences import folded, text_hash
from bot.db.tables.sentences import annotation, event, sentence
from bot.db.transaction import Transaction
from bot.domain.project import Caller
from bot.domain.steps import AnnotationState, StepKind
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.projects.use_cases import UseCase, UseCases, reads
from bot.team import history, labels, stats
from bot.team.commands import ShowLabels
from bot.team.repositories.decisions import Decisions
from bot.team.values.history import ShowHistory
from bot.team.values.stats import ShowStats
from ner_engine.annotation import Span

WORKSPACE = "T0BENCH"
NOW = datetime(2031, 5, 4, tzinfo=UTC)
ANN, BEN = "U0ANN", "U0BEN"
SHARED = 2_000
TEXT = "Sentence {} of a patient with chest pain, fever and a cough who takes aspirin every day."
SPANS = (Span(30, 40, "SYMPTOM"), Span(42, 47, "SIGN"))


def main() -> None:
    """Build it, use it, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    asyncio.run(_run(options.sentences, options.rounds))


async def _run(sentences: int, rounds: int) -> None:
    clock = itertools.count()
    with tempfile.TemporaryDirectory() as folder:
        async with Database.open(f"sqlite+aiosqlite:///{folder}/bench.db") as database:
            store = Store(database, lambda: NOW + timedelta(seconds=next(clock)))
            project_id = await _build(database, store, sentences)
            size = (Path(folder) / "bench.db").stat().st_size / 1e6
            print(
                f"{sentences:,} sentences, {size:.0f} MB\n\n| call | p50 ms | slowest ms |\n|---|---|---|"
            )
            await _answers(UseCases(store, owners=frozenset({ANN})), rounds)
            await _reads(store, project_id, rounds)
            await _changes(store, project_id)


async def _answers(use_cases: UseCases, rounds: int) -> None:
    caller = Caller(WORKSPACE, "C0", ANN, "request")
    asked: tuple[tuple[UseCase[Any, Any], object], ...] = (
        (reads(labels.show), ShowLabels()),
        (reads(stats.show), ShowStats()),
        (reads(history.show), ShowHistory()),
    )
    for use_case, command in asked:
        call = partial(use_cases.carry_out, use_case, caller, command)
        await _measure(type(command).__name__, call, rounds)


async def _reads(store: Store, project_id: int, rounds: int) -> None:
    reads: dict[str, Callable[[Transaction], Awaitable[Any]]] = {
        "the channel's project": lambda tx: Projects(tx).of_channel("C0"),
        "labels beside a card": lambda tx: Labels(tx).described(project_id),
        "precedents of a phrase": lambda tx: Precedents(tx).of_phrase(project_id, "fever"),
        "the next disagreement": lambda tx: Decisions(tx).next(project_id, after=500),
        "disagreements that wait": lambda tx: Decisions(tx).waiting(project_id),
    }
    for name, read in reads.items():
        async with store.reading(WORKSPACE) as tx:
            await _measure(name, partial(read, tx), rounds)


async def _changes(store: Store, project_id: int) -> None:
    async with store.writing(WORKSPACE) as tx:
        await Labels(tx).add(project_id, "SYMPTOM", person=ANN)
        await Labels(tx).add(project_id, "SIGN", person=ANN)
    merges: list[int] = []

    async def rename() -> None:
        async with store.writing(WORKSPACE) as tx:
            await Labels(tx).rename(project_id, "SYMPTOM", "SYMPTON", person=ANN)

    async def merge() -> None:
        async with store.writing(WORKSPACE) as tx:
            merges.append(await Labels(tx).merge(project_id, "SIGN", "SYMPTON", person=ANN) or 0)

    async def split() -> None:
        async with store.writing(WORKSPACE) as tx:
            await Labels(tx).split(
                project_id, merges[0], "SIGN", "SYMPTON", description="", person=ANN
            )

    await _measure("rename a label, saved", rename, 1)
    await _measure("merge two labels, saved", merge, 1)
    await _measure("take the merge back, saved", split, 1)


async def _measure(name: str, call: Callable[[], Awaitable[Any]], rounds: int) -> None:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await call()
        times.append(1_000 * (time.perf_counter() - began))
    print(f"| {name} | {statistics.median(times):.1f} | {max(times):.1f} |")


async def _build(database: Database, store: Store, sentences: int) -> int:
    async with store.writing(WORKSPACE) as tx:
        project_id = (await Projects(tx).ensure_default()).id
    place = {"workspace": WORKSPACE, "project_id": project_id}
    for first in range(1, sentences + 1, 10_000):
        numbers = range(first, min(first + 10_000, sentences + 1))
        async with database.writing() as connection:
            rows = [_sentence(i, finished_by=1 + (i <= SHARED)) for i in numbers]
            await connection.execute(insert(sentence), [place | row for row in rows])
            done = [place | row for i in numbers for row in _annotations(i)]
            await connection.execute(insert(annotation), done)
            await connection.execute(insert(event), [_event(place, row) for row in done])
    async with store.writing(WORKSPACE) as tx:
        await Counters(tx).recount(project_id)
    return project_id


def _sentence(i: int, *, finished_by: int) -> dict[str, Any]:
    text = TEXT.format(i)
    return {
        "id": i,
        "text": text,
        "text_hash": text_hash(text),
        "text_folded": folded(text),
        "tokens": (),
        "person": ANN,
        "source": "benchmark",
        "created_at": NOW,
        "finished_by": finished_by,
    }


def _annotations(i: int) -> Iterator[dict[str, Any]]:
    whole = {"sentence_id": i, "finished": True, "updated_at": NOW + timedelta(seconds=i)}
    yield whole | {"person": ANN, "spans": SPANS}
    if i <= SHARED:
        yield whole | {"person": BEN, "spans": SPANS[: 1 + i % 2]}


def _event(place: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    return place | {
        "kind": StepKind.FINISHED.value,
        "person": row["person"],
        "sentence_id": row["sentence_id"],
        "before": AnnotationState(),
        "after": AnnotationState(row["spans"], finished=True),
        "created_at": row["updated_at"],
    }


if __name__ == "__main__":
    main()
