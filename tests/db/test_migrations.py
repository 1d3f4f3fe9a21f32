"""How a database comes to the newest schema."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db import migrations
from bot.db.database import Database, Store
from bot.db.tables import metadata
from bot.db.tables.tenants import library_metadata
from bot.digests.commands import SetDigest, Told
from bot.digests.repository import Digests
from bot.domain.project import Caller
from bot.errors import StoreUnavailable
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from tests.db.conftest import ANN, HERE, Clock, add
from tests.support.opening import OPEN, open_database


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = list(compare_metadata(context, cast("Any", [metadata, library_metadata])))
    return [
        each
        for each in found
        # No table of a workspace, so none that a repository could reach.
        if each[0] != "remove_table" or each[1].name != "schema_compatibility"
    ]


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
            open_database(empty_url) as database,
            Store(database, clock).writing(HERE) as tx,
        ):
            return (await Projects(tx).ensure_default()).id

    assert set(await asyncio.gather(*(open_and_ask() for _ in range(4)))) == {1}


async def test_a_database_is_opened_again_with_all_that_is_in_it(
    empty_url: str, clock: Clock
) -> None:
    async with (
        open_database(empty_url) as database,
        Store(database, clock).writing(HERE) as tx,
    ):
        project = await Projects(tx).ensure_default()
        await Labels(tx).add(project.id, "DRUG", person=ANN)
    async with (
        open_database(empty_url) as database,
        Store(database, clock).reading(HERE) as tx,
    ):
        assert [label.name for label in await Labels(tx).all(project.id)] == ["DRUG"]


def bring_to(connection: Connection, revision: str) -> None:
    """An empty database as an older nerbot left it."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_what_waits_is_counted_where_the_number_was_not_kept(
    empty_url: str, clock: Clock
) -> None:
    engine = create_async_engine(empty_url.replace("postgresql:", "postgresql+asyncpg:"))
    Path(empty_url.partition("///")[2]).parent.mkdir(exist_ok=True, parents=True)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, "0001")
        columns = "workspace, name, is_default, created_at"
        values = ":workspace, 'default', :yes, '2031-05-04'"
        await connection.execute(
            text(f"INSERT INTO project ({columns}) VALUES ({values})"),
            {"workspace": HERE, "yes": True},
        )
        for number, finished_by in enumerate((1, 0, 0)):
            await connection.execute(
                text(
                    "INSERT INTO sentence (workspace, project_id, text, text_hash, text_folded, tokens, person, "
                    "source, created_at, finished_by) VALUES (:workspace, 1, 'a', :hash, 'a', '[]', 'U', 'test', "
                    "'2031-05-04', :finished_by)"
                ),
                {"workspace": HERE, "hash": str(number), "finished_by": finished_by},
            )
    await engine.dispose()
    async with (
        open_database(empty_url) as database,
        Store(database, clock).writing(HERE) as tx,
    ):
        project = await Projects(tx).ensure_default()
        assert await Queue(tx).waiting(project.id, ANN) == 2
        await add(tx, project.id, "d")
        assert await Queue(tx).waiting(project.id, ANN) == 3


async def test_a_database_of_a_newer_nerbot_is_left_alone(empty_url: str) -> None:
    async with open_database(empty_url) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(text("UPDATE schema_compatibility SET compatible_from = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer nerbot"):
        async with open_database(empty_url):
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
        async with open_database(empty_url):
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
    database: Database, store: Store, project_id: int, change: str
) -> None:
    async with store.writing(HERE) as tx:
        await Labels(tx).add(project_id, "DRUG", person=ANN)
    with pytest.raises(StoreUnavailable, match=r"SQLITE_CONSTRAINT_TRIGGER|P0001"):
        async with database.writing() as connection:
            await connection.execute(text(change))


def test_a_start_with_nothing_to_migrate_does_not_import_alembic(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, f"sqlite:///{tmp_path}/x.db"]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(2)]
    assert [run.stdout for run in runs] == ["True\n", "False\n"]


async def test_of_the_digests_a_channel_had_for_its_projects_the_newest_stays(
    empty_url: str, clock: Clock
) -> None:
    engine = create_async_engine(empty_url.replace("postgresql:", "postgresql+asyncpg:"))
    Path(empty_url.partition("///")[2]).parent.mkdir(exist_ok=True, parents=True)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, "0021")
        for name in ("one", "two"):
            await connection.execute(
                text(
                    "INSERT INTO project (workspace, name, is_default, created_at) "
                    "VALUES (:workspace, :name, :no, '2031-05-04')"
                ),
                {"workspace": HERE, "name": name, "no": False},
            )
        for project_id, words in ((1, "older"), (2, "newer")):
            await connection.execute(
                text(
                    "INSERT INTO digest (workspace, project_id, channel, person, cron, timezone, words, since, "
                    "next_due, created_at) VALUES (:workspace, :project, 'C0', 'U', '0 9 * * *', 'UTC', :words, "
                    "'2031-05-04', '2031-05-05', '2031-05-04')"
                ),
                {"workspace": HERE, "project": project_id, "words": words},
            )
    await engine.dispose()
    async with open_database(empty_url) as database, Store(database, clock).writing(HERE) as tx:
        kept = await Digests(tx).of("C0")
        assert kept is not None
        assert kept.words == "newer"
        wanted = SetDigest("0 8 * * *", None, "new")
        new = await Digests(tx).put(
            wanted,
            timezone="UTC",
            person=ANN,
            channel="C0",
            since=clock.now,
            next_due=clock.now,
        )
        assert new.id > kept.id


async def test_projects_from_before_there_were_closed_ones_are_open_and_shut_to_guests(
    empty_url: str, clock: Clock
) -> None:
    """Nobody loses sight of a project by an update, wherever it is used, and no guest comes in."""
    engine = create_async_engine(empty_url.replace("postgresql:", "postgresql+asyncpg:"))
    Path(empty_url.partition("///")[2]).parent.mkdir(exist_ok=True, parents=True)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, "0025")
        for name, is_default in (("default", True), ("Ward", False)):
            await connection.execute(
                text(
                    "INSERT INTO project (workspace, name, is_default, created_at) "
                    "VALUES (:workspace, :name, :is_default, '2031-05-04')"
                ),
                {"workspace": HERE, "name": name, "is_default": is_default},
            )
        await connection.execute(
            text(
                "INSERT INTO channel (workspace, project_id, channel, created_at) "
                "VALUES (:workspace, 2, 'C0WARD', '2031-05-04')"
            ),
            {"workspace": HERE},
        )
    await engine.dispose()
    nobody = Caller(HERE, "C0HALL", ANN, "r")
    in_ward = replace(nobody, channel="C0WARD", is_private=True)
    async with open_database(empty_url) as database, Store(database, clock).writing(HERE) as tx:
        default, ward = await Projects(tx).all()
        for project in (default, ward):
            settings = await Projects(tx).settings(project.id)
            assert (settings.is_open, settings.guests) == (True, False)
        assert await Access(tx).seen(nobody) == (default, ward)
        assert await Access(tx).ensure(in_ward) == ward
        assert await Access(tx).ensure(nobody) == default
        assert await Access(tx).seen(replace(nobody, is_guest=True)) == ()
        assert not await Access(tx).is_noted(in_ward)
        shut = replace(await Projects(tx).settings(ward.id), is_open=False)
        await Projects(tx).change_settings(ward.id, shut, person=ANN)
        assert await Access(tx).seen(nobody) == (default,)
        assert await Access(tx).of(in_ward) == ward


async def test_digests_and_trainings_from_before_go_on_where_they_were(
    empty_url: str, clock: Clock
) -> None:
    """What ended before the last digest is told, what came later is not; runs that were tried again have no end."""
    engine = create_async_engine(empty_url.replace("postgresql:", "postgresql+asyncpg:"))
    Path(empty_url.partition("///")[2]).parent.mkdir(exist_ok=True, parents=True)
    days = {"early": "2031-05-01", "late": "2031-05-03", "told": "2031-05-02"}
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, "0028")

        async def add(statement: str, **values: object) -> None:
            await connection.execute(text(statement), {"here": HERE, "no": False, **values})

        await add(
            "INSERT INTO project (workspace, name, is_default, created_at) "
            f"VALUES (:here, 'one', :no, '{days['early']}')"
        )
        for day in ("late", "early"):
            await add(
                "INSERT INTO event (workspace, project_id, kind, person, created_at) "
                f"VALUES (:here, 1, 'label_added', 'U', '{days['early']}')"
            )
            for state in ("failed", "interrupted"):
                await add(
                    "INSERT INTO run (workspace, project_id, number, state, reason, preset, person, channel, "
                    "created_at, seed, attempt, sentences, went_live, owner, lease_until, finished_at) "
                    "SELECT :here, 1, count(*) + 1, :state, 'command', 'cnn', 'U', 'C', "
                    f"'{days[day]}', 1, 1, 0, :no, '', '{days[day]}', '{days[day]}' FROM run",
                    state=state,
                )
        await add(
            "INSERT INTO digest (workspace, channel, person, cron, timezone, words, since, next_due, created_at) "
            f"VALUES (:here, 'C0', 'U', '0 9 * * *', 'UTC', 'w', '{days['told']}', '2031-05-05', '2031-05-01')"
        )
    await engine.dispose()
    async with open_database(empty_url) as database, Store(database, clock).reading(HERE) as tx:
        kept = await Digests(tx).of("C0")
        assert kept is not None
        told = await Digests(tx).told(kept.id)
        assert told == Told(event=2, run=1)
        assert [run.number for run in await Digests(tx).trainings(1, after=told)] == [1]
