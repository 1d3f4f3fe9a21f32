"""How long the queue takes in a large project.

    python -m benchmarks.queue

Builds a SQLite database of 100,000 sentences and 1,000,000 annotations in a temporary folder, as ten annotators would
leave it, and ten who were there before them: half of the sentences wait. Then the ten work in turn, 100 rounds a case:
take the next, finish seven of ten, skip one, pass over two. The times are those of the calls, in milliseconds; that of
"next, saved" has its transaction and the disk in it.
"""

import argparse
import asyncio
import itertools
import random
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import Table, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database, Store
from bot.db.records.sentences import Sentences, folded, text_hash
from bot.db.tables.projects import project
from bot.db.tables.queue import hand, handed, skip
from bot.db.tables.sentences import annotation, sentence
from bot.db.transaction import Transaction
from bot.domain.steps import AnnotationState, StepKind
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from ner_engine.annotation import Span

WORKSPACE = "T0BENCH"
NOW = datetime(2031, 5, 4, tzinfo=UTC)
PEOPLE = tuple(f"U0NOW{number}" for number in range(10))
BEFORE = tuple(f"U0THEN{number}" for number in range(10))
TEXT = "Sentence {} of a patient with chest pain, fever and a cough who takes aspirin every day."
SPANS = (Span(0, 8, "WORD"), Span(30, 40, "SYMPTOM"))
AT_ONCE = 20_000

_T = TypeVar("_T")
Times = dict[str, list[float]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One state of the project: how many annotations a sentence it wants, and what is left to do."""

    name: str
    wanted: int = 1
    #: How many sentences wait; half of them where it is not said.
    waiting: int | None = None
    #: What the first person alone did with all of them but 100.
    alone: Literal["passed over", "finished"] | None = None


CASES = (
    Case("half is done"),
    Case("2 annotations a sentence", wanted=2),
    Case("3 annotations a sentence", wanted=3),
    Case("all but 500 are done", waiting=500),
    Case("all is done", waiting=0),
    Case("one person has passed over nearly all", alone="passed over"),
    Case("2 a sentence, one person has finished nearly all", wanted=2, alone="finished"),
)


def main() -> None:
    """Build it, work in it, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--case", help="only the cases with these words in their name")
    options = parser.parse_args()
    cases = [case for case in CASES if (options.case or "") in case.name]
    asyncio.run(_run(options.sentences, options.rounds, cases))


async def _run(sentences: int, rounds: int, cases: Sequence[Case]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "built.db"
        began = time.perf_counter()
        async with _opened(built) as (database, store):
            project_id = await _build(database, store, sentences)
        print(f"{sentences:,} sentences and {10 * sentences:,} annotations, built in ", end="")
        print(f"{time.perf_counter() - began:.0f} s, {built.stat().st_size / 1e6:.0f} MB\n")
        print("| case | call | calls | p50 ms | p95 ms | p99 ms | slowest ms |")
        print("|---|---|---|---|---|---|---|")
        for case in cases:
            copy = Path(folder) / "case.db"
            shutil.copy(built, copy)
            async with _opened(copy) as (database, store):
                await _make(database, project_id, case, sentences)
                _print(
                    case,
                    await _tx(store, project_id, PEOPLE[:1] if case.alone else PEOPLE, rounds),
                )


@asynccontextmanager
async def _opened(file: Path) -> AsyncIterator[tuple[Database, Store]]:
    clock = itertools.count()
    async with Database.open(f"sqlite+aiosqlite:///{file}") as database:
        yield database, Store(database, lambda: NOW + timedelta(milliseconds=next(clock)))


async def _build(database: Database, store: Store, sentences: int) -> int:
    async with store.writing(WORKSPACE) as tx:
        project_id = (await Projects(tx).ensure_default()).id
        await Projects(tx).change_settings(project_id, ProjectSettings(10), person=PEOPLE[0])
    place = {"workspace": WORKSPACE, "project_id": project_id}
    half = range(1, sentences // 2 + 1)
    async with database.writing() as connection:
        await _insert(connection, sentence, (place | _sentence(i) for i in range(1, sentences + 1)))
        done = (place | _annotation(i, person) for i in half for person in PEOPLE)
        await _insert(connection, annotation, done)
        # Those who are gone left every sentence that waits begun.
        begun = (
            place | _annotation(i + len(half), person) | {"finished": False}
            for i in half
            for person in BEFORE
        )
        await _insert(connection, annotation, begun)
        finished = update(sentence).where(sentence.c.id <= len(half)).values(finished_by=10)
        await connection.execute(finished)
        await connection.exec_driver_sql("ANALYZE")
    return project_id


def _sentence(number: int) -> Row:
    text = TEXT.format(number)
    return {
        "id": number, "text": text, "text_hash": text_hash(text), "text_folded": folded(text),
        "tokens": ((0, 8), (9, 12)), "person": "U0", "source": "import", "created_at": NOW,
        "finished_by": 0, "rank": (number * 7919) % 100_003,
    }  # fmt: skip


def _annotation(number: int, person: str) -> Row:
    return {
        "sentence_id": number, "person": person, "spans": SPANS, "finished": True,
        "updated_at": NOW - timedelta(days=9),
    }  # fmt: skip


async def _insert(connection: AsyncConnection, table: Table, rows: Iterator[Row]) -> None:
    while some := list(itertools.islice(rows, AT_ONCE)):
        await connection.execute(insert(table), some)


async def _make(database: Database, project_id: int, case: Case, sentences: int) -> None:
    """Bring the project from half done to the case, and leave behind what people leave behind."""
    place = {"workspace": WORKSPACE, "project_id": project_id}
    waits = sentences // 2 if case.waiting is None else case.waiting
    first = sentences - waits + 1
    waiting = list(range(first, sentences + 1))
    random.Random(0).shuffle(waiting)
    async with database.writing() as connection:
        done = update(sentence).where(sentence.c.id < first)
        await connection.execute(done.values(finished_by=case.wanted))
        await connection.execute(update(project).values(annotations_per_sentence=case.wanted))
        for person in PEOPLE:
            await _leave(connection, place, person, waiting)
        first_person, nearly_all = PEOPLE[0], waiting[:-100]
        if case.alone == "passed over":
            await _had(connection, place, first_person, nearly_all, answered=False)
        elif case.alone == "finished":
            await _finish(connection, place, dict.fromkeys(nearly_all, (first_person,)))
        elif case.wanted > 1:
            quarter = waiting[: len(waiting) // 4]
            begun = {i: random.Random(i).sample(PEOPLE, i % case.wanted) for i in quarter}
            await _finish(connection, place, begun)


async def _leave(connection: AsyncConnection, place: Row, person: str, waiting: list[int]) -> None:
    """300 skipped, 200 passed over, and one in hand; three of ten hands have let go."""
    some = random.Random(person).sample(waiting, min(len(waiting), 501))
    if not some:
        return
    skipped, passed, held = some[:300], some[300:500], some[-1]
    skips = [place | {"sentence_id": i, "person": person, "skipped_at": NOW} for i in skipped]
    await _insert(connection, skip, iter(skips))
    await _had(connection, place, person, skipped, answered=True)
    await _had(connection, place, person, passed, answered=False)
    taken = NOW - timedelta(hours=1 if int(person[-1]) < 3 else 0)
    row = place | {"sentence_id": held, "person": person, "taken_at": taken}
    await connection.execute(insert(hand), row)


async def _had(
    connection: AsyncConnection, place: Row, person: str, numbers: list[int], *, answered: bool
) -> None:
    rows = (
        place | {"sentence_id": i, "person": person, "handed_at": NOW, "answered": answered}
        for i in numbers
    )
    while some := list(itertools.islice(rows, AT_ONCE)):
        await connection.execute(insert(handed).prefix_with("OR REPLACE"), some)


async def _finish(connection: AsyncConnection, place: Row, by: Mapping[int, Sequence[str]]) -> None:
    rows = (place | _annotation(i, person) for i, people in by.items() for person in people)
    await _insert(connection, annotation, rows)
    for number in {len(people) for people in by.values()}:
        ids = [i for i, people in by.items() if len(people) == number]
        for start in range(0, len(ids), AT_ONCE):
            some = sentence.c.id.in_(ids[start : start + AT_ONCE])
            await connection.execute(update(sentence).where(some).values(finished_by=number))
    for person in PEOPLE:
        theirs = [i for i, people in by.items() if person in people]
        await _had(connection, place, person, theirs, answered=True)


async def _tx(store: Store, project_id: int, people: tuple[str, ...], rounds: int) -> Times:
    times: Times = defaultdict(list)
    chance = random.Random(1)
    for _, person in zip(range(rounds), itertools.cycle(people), strict=False):
        began = time.perf_counter()
        async with store.writing(WORKSPACE) as tx:
            found = await _timed(times, "next", lambda: Queue(tx).next(project_id, person))  # noqa: B023
        times["next, saved"].append(1_000 * (time.perf_counter() - began))
        async with store.writing(WORKSPACE) as tx:
            await _timed(times, "waiting", lambda: Queue(tx).waiting(project_id, person))  # noqa: B023
            await _timed(times, "current", lambda: Queue(tx).current(project_id, person))  # noqa: B023
            if found is not None:
                await _answer(tx, times, project_id, person, found.id, chance.random())
    return times


async def _answer(
    tx: Transaction, times: Times, project_id: int, person: str, number: int, chance: float
) -> None:
    await _timed(times, "take", lambda: Queue(tx).take(project_id, person, number))
    if chance < 0.1:
        await _timed(times, "skip", lambda: Queue(tx).skip(project_id, person, number))
    elif chance < 0.8:
        found = await Sentences(tx).get(project_id, number)
        assert found is not None
        before = await Annotations(tx).of(found, person)
        after = AnnotationState(SPANS, finished=True)
        await _timed(
            times,
            "finish",
            lambda: Annotations(tx).change(
                project_id, before, StepKind.FINISHED, after, request="r"
            ),
        )


async def _timed(times: Times, name: str, call: Callable[[], Awaitable[_T]]) -> _T:
    began = time.perf_counter()
    result = await call()
    times[name].append(1_000 * (time.perf_counter() - began))
    return result


def _print(case: Case, times: Times) -> None:
    for name, values in times.items():
        quantiles = statistics.quantiles(values, n=100) if len(values) > 1 else values * 99
        print(
            f"| {case.name} | {name} | {len(values)} | {quantiles[49]:.1f} | {quantiles[94]:.1f} | "
            f"{quantiles[98]:.1f} | {max(values):.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
