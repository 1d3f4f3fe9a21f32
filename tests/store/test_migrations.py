"""How a database comes to the newest schema."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StoreUnavailable
from bot.store import migrations
from bot.store.database import Database
from bot.store.schema import metadata
from bot.store.store import SqlStore
from tests.store.conftest import ANN, HERE, OPEN, Clock, add, annotate

NEW_IN_RUN = ("with_unfinished", "started_at", "waits_for", "fingerprint", "log", "request")


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_all_migrations_together_make_the_schema(url: str, database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


def test_the_newest_revision_is_the_one_a_start_looks_for() -> None:
    folder = Path(migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_heads() == [migrations.HEAD]


async def test_many_that_open_an_empty_database_at_once_all_succeed(
    empty_url: str, clock: Clock
) -> None:
    async def open_and_ask() -> int:
        async with (
            Database.open(empty_url) as database,
            SqlStore(database, clock).writing(HERE) as work,
        ):
            return (await work.projects.ensure_default()).id

    assert set(await asyncio.gather(*(open_and_ask() for _ in range(4)))) == {1}


async def test_a_database_is_opened_again_with_all_that_is_in_it(
    empty_url: str, clock: Clock
) -> None:
    async with (
        Database.open(empty_url) as database,
        SqlStore(database, clock).writing(HERE) as work,
    ):
        project = await work.projects.ensure_default()
        await work.labels.add(project.id, "DRUG", person=ANN)
    async with (
        Database.open(empty_url) as database,
        SqlStore(database, clock).reading(HERE) as work,
    ):
        assert [label.name for label in await work.labels.all(project.id)] == ["DRUG"]


async def test_what_waits_is_counted_where_the_number_was_not_kept(
    empty_url: str, clock: Clock, backend: str
) -> None:
    async with Database.open(empty_url) as database:
        async with SqlStore(database, clock).writing(HERE) as work:
            project = await work.projects.ensure_default()
            one, _, _ = await add(work, project.id, *"abc")
            await annotate(work, project.id, one)
        async with database.writing() as connection:
            for verb in ("insert", "update", "delete"):
                name = f"waiting_after_{verb}"
                of = "" if backend == "sqlite" else "ON sentence"
                await connection.execute(text(f"DROP TRIGGER {name} {of}"))
                if backend == "postgresql":
                    await connection.execute(text(f"DROP FUNCTION {name}"))
            await connection.execute(text("ALTER TABLE project DROP COLUMN waiting"))
            await connection.execute(text("DROP TABLE auto"))
            await connection.execute(text("DROP TABLE digest"))
            await connection.execute(text("DROP INDEX uq_run_request"))
            for column in NEW_IN_RUN:
                await connection.execute(text(f"ALTER TABLE run DROP COLUMN {column}"))
            await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    async with (
        Database.open(empty_url) as database,
        SqlStore(database, clock).writing(HERE) as work,
    ):
        assert await work.queue.waiting(project.id, ANN) == 2
        await add(work, project.id, "d")
        assert await work.queue.waiting(project.id, ANN) == 3


async def test_a_database_of_a_newer_nerbot_is_left_alone(empty_url: str) -> None:
    async with Database.open(empty_url) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer nerbot"):
        async with Database.open(empty_url):
            pytest.fail("opened")


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A table of the same name stands in the way of one of the last.
    engine = create_async_engine(empty_url.replace("postgresql:", "postgresql+asyncpg:"))
    Path(empty_url.partition("///")[2]).parent.mkdir(exist_ok=True, parents=True)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE model (id INTEGER)"))
    with pytest.raises(StoreUnavailable):
        async with Database.open(empty_url):
            pytest.fail("opened")
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError):
            await connection.execute(text("SELECT * FROM project"))
    await engine.dispose()


@pytest.mark.parametrize(
    "change",
    ["UPDATE event SET person = 'somebody else'", "UPDATE event SET created_at = created_at"],
)
async def test_an_event_is_never_changed(
    database: Database, store: SqlStore, project_id: int, change: str
) -> None:
    async with store.writing(HERE) as work:
        await work.labels.add(project_id, "DRUG", person=ANN)
    with pytest.raises(StoreUnavailable, match="only ever added"):
        async with database.writing() as connection:
            await connection.execute(text(change))


def test_a_start_with_nothing_to_migrate_does_not_import_alembic(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, f"sqlite:///{tmp_path}/x.db"]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(2)]
    assert [run.stdout for run in runs] == ["True\n", "False\n"]
