"""What Home, a label, the status and the stats cost in a large project, and how long they hold the event loop.

    python -m benchmarks.counts --sentences 100000 --people 40

Builds a SQLite database with ten annotations a sentence in a temporary folder, by bulk inserts: of 20 sentences one
waits, one is disputed, the rest are agreed on. Then each call is made some times. Processor seconds are those of the
whole process, all threads, of the median call; "held" is the longest time between two turns of the event loop, on the
clock (other programs on the machine are in it) and in processor time of its thread (they are not).
"""

import argparse
import asyncio
import gc
import itertools
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.db.database import Database, Store
from bot.db.records.sentences import Sentences, text_hash
from bot.domain.project import Caller
from bot.domain.steps import AnnotationState, StepKind
from bot.home.service import Home
from bot.labelling.repositories.annotations import Annotations
from bot.projects import use_cases
from bot.projects.repositories.projects import Projects
from bot.projects.use_cases import UseCase
from bot.team import stats
from bot.team.values.stats import ShowStats
from bot.training.commands import TrainingStatus
from bot.training.service import Training
from ner_engine.annotation import Span

WORKSPACE = "T0BENCH"
NOW = datetime(2031, 5, 7, 12, tzinfo=UTC)
EACH = 10
STEPS = 20_000
TURN = 0.001
_STAMP = "%Y-%m-%d %H:%M:%S.%f"


def main() -> None:
    """Build it, use it, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    asyncio.run(_run(options.sentences, options.people, options.rounds))


async def _run(sentences: int, people: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        began = time.perf_counter()
        async with (
            Database.open(f"sqlite+aiosqlite:///{file}") as database,
            Store(database, lambda: NOW).writing(WORKSPACE) as tx,
        ):
            project_id = (await Projects(tx).ensure_default()).id
        _fill(file, project_id, sentences, people)
        ticks = itertools.count()
        async with Database.open(f"sqlite+aiosqlite:///{file}") as database:
            store = Store(database, lambda: NOW + timedelta(seconds=next(ticks)))
            await _count_once(store, project_id)
            size = file.stat().st_size / 1e6
            print(
                f"{sentences:,} sentences, {EACH * sentences:,} annotations, {people} people, ",
                end="",
            )
            print(f"{size:,.0f} MB, built in {time.perf_counter() - began:.0f} s\n")
            # As the bot does when it has started.
            gc.collect()
            gc.freeze()
            print("| call | CPU-s | held ms | held ms of CPU |\n|---|---|---|---|")
            for name, call in _calls(store, project_id).items():
                await _measure(name, call, rounds)


def _calls(store: Store, project_id: int) -> dict[str, Callable[[], Awaitable[Any]]]:
    caller = Caller(WORKSPACE, "C0", "U00", "request")
    asked = use_cases.UseCases(store, owners=frozenset({"U00"}))
    home = Home(store)
    training = Training(store, None, whereabouts=None, timezone="UTC")  # type: ignore[arg-type]
    numbers = itertools.count()

    async def label() -> None:
        async with store.writing(WORKSPACE) as tx:
            text = f"One more sentence, number {next(numbers)}."
            sentence, _ = await Sentences(tx).add(
                project_id, text, (), person="U00", source="bench"
            )
            before = await Annotations(tx).of(sentence, "U00")
            after = AnnotationState((Span(0, 3, "SYMPTOM"),), finished=True)
            await Annotations(tx).change(project_id, before, StepKind.FINISHED, after, request="r")
            await Annotations(tx).counts(project_id)

    return {
        "Home": lambda: home.open(WORKSPACE, "U00"),
        "a label, with the counts of its card": label,
        "/train status": lambda: training.status(caller, TrainingStatus()),
        "/nerbot stats": lambda: asked.carry_out(_stats(), caller, ShowStats()),
    }


def _stats() -> UseCase[Any, Any]:
    """As the command has it; a version from before reports had connections of their own reads as any other."""
    made: UseCase[Any, Any] = getattr(use_cases, "reports", use_cases.reads)(stats.show)
    return made


async def _count_once(store: Store, project_id: int) -> None:
    """The rows were not written by what keeps the sums."""
    try:
        from bot.db.records.counters import Counters  # noqa: PLC0415 - it runs on versions without them, too
    except ImportError:
        return
    began = time.process_time()
    async with store.writing(WORKSPACE) as tx:
        await Counters(tx).recount(project_id)
    print(f"one count of everything, as each night: {time.process_time() - began:.1f} CPU-s\n")


async def _measure(name: str, call: Callable[[], Awaitable[Any]], rounds: int) -> None:
    await call()
    costs, held, held_cpu = [], 0.0, 0.0
    for _ in range(rounds):
        over = asyncio.Event()
        turns = asyncio.create_task(_turns(over))
        await asyncio.sleep(5 * TURN)
        began = time.process_time()
        await call()
        costs.append(time.process_time() - began)
        over.set()
        clock, cpu = await turns
        held, held_cpu = max(held, clock), max(held_cpu, cpu)
    cost = statistics.median(costs)
    print(f"| {name} | {cost:.3f} | {1e3 * held:.0f} | {1e3 * held_cpu:.0f} |", flush=True)


async def _turns(over: asyncio.Event) -> tuple[float, float]:
    """The longest time from one turn of the loop to the next, by the clock and by the thread's processor time."""
    clock, cpu = time.perf_counter(), time.thread_time()
    longest, longest_cpu = 0.0, 0.0
    while not over.is_set():
        await asyncio.sleep(TURN)
        now, now_cpu = time.perf_counter(), time.thread_time()
        longest, longest_cpu = max(longest, now - clock - TURN), max(longest_cpu, now_cpu - cpu)
        clock, cpu = now, now_cpu
    return longest, longest_cpu


def _fill(file: Path, project_id: int, sentences: int, people: int) -> None:
    place = (WORKSPACE, project_id)
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.executemany(
            "INSERT INTO sentence (workspace, project_id, id, text, text_hash, text_folded, tokens, person, source, "
            "created_at, finished_by) VALUES (?, ?, ?, ?, ?, ?, '[]', 'U00', 'bench', ?, ?)",
            (place + _sentence(number) for number in range(1, sentences + 1)),
        )
        database.executemany(
            "INSERT INTO annotation (workspace, project_id, sentence_id, person, spans, finished, updated_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (place + row for row in _annotations(sentences, people)),
        )
        database.executemany(
            "INSERT INTO event (workspace, project_id, kind, person, sentence_id, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (place + row for row in _events(sentences, people)),
        )
        database.commit()


def _sentence(number: int) -> tuple[Any, ...]:
    text = f"Sentence {number} of a patient with chest pain, fever and a cough who takes aspirin."
    return number, text, text_hash(text), text.lower(), NOW.strftime(_STAMP), _finishers(number)


def _finishers(number: int) -> int:
    return 0 if number % 20 == 0 else EACH


def _annotations(sentences: int, people: int) -> Iterator[tuple[Any, ...]]:
    # About a thousandth of all was done in this week.
    step = timedelta(days=7_000) / sentences
    spans = [
        json.dumps([[30, 40, "SYMPTOM"], [42, 47, "SIGN"]][:count], separators=(",", ":"))
        for count in (1, 2)
    ]
    for number in range(1, sentences + 1):
        at = (NOW - (sentences - number) * step).strftime(_STAMP)
        for other in range(EACH):
            person = f"U{(number + other) % people:02}"
            differs = number % 20 == 1 and other == 0
            yield number, person, spans[not differs], bool(_finishers(number)), at


def _events(sentences: int, people: int) -> Iterator[tuple[Any, ...]]:
    for number in range(STEPS):
        at = NOW - timedelta(seconds=STEPS - number)
        sentence = max(1, sentences - STEPS // people + number // people)
        yield StepKind.FINISHED.value, f"U{number % people:02}", sentence, at.strftime(_STAMP)


if __name__ == "__main__":
    main()
