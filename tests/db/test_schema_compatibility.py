"""Two versions of nerbot on one database: what the newer one may change, and what the older one accepts."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.db import migrations
from bot.db.database import Database, migrate
from bot.errors import StoreUnavailable
from tests.db.test_migrations import bring_to
from tests.support.opening import open_database
from tests.support.patience import patient

CONTRACTS: dict[str, str] = {}
"""The revisions that take something away, each with what has not been used since which revision: a nerbot of that one
still runs, so COMPATIBLE_FROM is that one at least. Everything else after COMPATIBLE_FROM only adds."""

Shape = dict[str, Any]


def shape(connection: Connection) -> Shape:
    """The tables, each with its columns, and with what refuses rows."""
    found: Shape = {}
    inspector = inspect(connection)
    for table in inspector.get_table_names():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"], column["default"] is not None)
            for column in inspector.get_columns(table)
        }
        refusing = {
            *(f"unique {each['name']}" for each in inspector.get_unique_constraints(table)),
            *(f"key {each['name']}" for each in inspector.get_foreign_keys(table)),
            *(f"check {each['name']}" for each in inspector.get_check_constraints(table)),
            *(f"unique {each['name']}" for each in inspector.get_indexes(table) if each["unique"]),
        }
        found[table] = (columns, refusing)
    return found


def taken_away(before: Shape, after: Shape) -> list[str]:
    """What an older nerbot had, or could write, and no longer has or can."""
    lost = [f"table {table} is gone" for table in before if table not in after]
    for table in before.keys() & after.keys():
        (had, refused), (has, refuses) = before[table], after[table]
        for name, (kind, nullable, filled) in had.items():
            if name not in has:
                lost.append(f"column {table}.{name} is gone")
            elif has[name][0] != kind:
                lost.append(f"column {table}.{name} has another type")
            elif (nullable and not has[name][1]) or (filled and not has[name][2]):
                lost.append(f"column {table}.{name} has to be written now")
        for name, (_, nullable, filled) in has.items():
            if name not in had and not nullable and not filled:
                lost.append(f"column {table}.{name} is new and has to be written")
        lost += [f"{table} refuses more: {new}" for new in refuses - refused]
    return lost


async def _engine(url: str) -> AsyncEngine:
    Path(url.partition("///")[2]).parent.mkdir(exist_ok=True, parents=True)
    return create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))


async def test_each_migration_since_the_oldest_compatible_one_only_adds(empty_url: str) -> None:
    """A nerbot of COMPATIBLE_FROM reads and writes the newest schema as it did its own."""
    engine = await _engine(empty_url)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, migrations.COMPATIBLE_FROM)
        before = await connection.run_sync(shape)
    for revision in migrations.pending(migrations.COMPATIBLE_FROM):
        async with engine.begin() as connection:
            await connection.run_sync(bring_to, revision)
            after = await connection.run_sync(shape)
        if revision not in CONTRACTS:
            assert taken_away(before, after) == [], revision
        before = after
    await engine.dispose()


def test_a_contract_comes_after_the_revision_that_no_longer_needs_what_it_takes_away() -> None:
    """Each says since when it is unused, and no nerbot from before that is let in."""
    for revision, unused_since in CONTRACTS.items():
        assert unused_since < revision
        assert unused_since <= migrations.COMPATIBLE_FROM


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE label DROP COLUMN description", "column label.description is gone"),
        (
            "ALTER TABLE label RENAME COLUMN description TO meaning",
            "column label.description is gone",
        ),
        ("DROP TABLE api_token", "table api_token is gone"),
        ("CREATE UNIQUE INDEX few ON label (created_at, name)", "label refuses more: unique few"),
        (
            "ALTER TABLE label ADD COLUMN size INTEGER NOT NULL DEFAULT 1",
            None,
        ),
        ("ALTER TABLE label ADD COLUMN size INTEGER", None),
        ("CREATE INDEX more ON label (created_at, name)", None),
    ],
)
async def test_what_takes_something_away_is_seen(
    database: Database, change: str, told: str | None
) -> None:
    """The check of migrations is not blind."""
    async with database.reading() as connection:
        before = await connection.run_sync(shape)
    after: Shape = {}
    with suppress(_Enough):
        async with database.writing() as connection:
            await connection.execute(text(change))
            after = await connection.run_sync(shape)
            raise _Enough
    assert taken_away(before, after)[:1] == ([told] if told else [])


class _Enough(Exception):
    """Take it all back."""


async def say(url: str, *, revision: str, compatible_from: str) -> None:
    """Make a database one that a newer nerbot has migrated."""
    async with open_database(url) as database, database.writing() as connection:
        await connection.execute(
            text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
        )
        await connection.execute(
            text("UPDATE schema_compatibility SET compatible_from = :revision"),
            {"revision": compatible_from},
        )


async def test_a_database_of_a_newer_nerbot_is_used_where_it_says_that_this_one_may(
    empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An old bot that is restarted after the upgrade runs, and changes nothing of the schema."""
    await say(empty_url, revision="9999", compatible_from=migrations.HEAD)
    with caplog.at_level(logging.WARNING):
        async with open_database(empty_url) as database, database.reading() as connection:
            assert (await connection.run_sync(migrations.read_schema)).revision == "9999"
    assert "the database is at 9999" in caplog.text


async def test_a_database_of_a_newer_nerbot_is_refused_where_it_says_nothing(
    empty_url: str,
) -> None:
    """So are those of before there was a word about it."""
    await say(empty_url, revision="9999", compatible_from=migrations.HEAD)
    async with open_database(empty_url) as database, database.writing() as connection:
        await connection.execute(text("DELETE FROM schema_compatibility"))
    with pytest.raises(StoreUnavailable, match="newer nerbot"):
        await migrate(empty_url)


async def test_an_upgrade_says_which_nerbots_may_still_run(empty_url: str) -> None:
    """What an older release wrote there is replaced."""
    engine = await _engine(empty_url)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, "0046")
        await connection.execute(text("UPDATE schema_compatibility SET compatible_from = '0001'"))
    assert (await migrate(empty_url))[-1] == migrations.HEAD
    async with engine.connect() as connection:
        found = await connection.scalar(text("SELECT compatible_from FROM schema_compatibility"))
    await engine.dispose()
    assert found == migrations.COMPATIBLE_FROM


async def test_several_that_migrate_at_once_apply_each_revision_once(empty_url: str) -> None:
    """Two bots, or a bot and a Job, that start on an empty database."""
    applied = await asyncio.gather(*(migrate(empty_url, patience=patient(3)) for _ in range(4)))
    assert sorted(map(len, applied)) == [0, 0, 0, len(migrations.pending(None))]
