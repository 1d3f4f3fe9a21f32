"""Migrations of a database in use: who writes goes on, and who migrates at the same time gets out of the way."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.db import migrations
from bot.db.address import read_address
from bot.db.database import migrate
from bot.db.engines import engine_for_migrations, run_alone
from bot.db.migrations import online
from bot.db.migrations.online import OnlineIndex, build_online
from tests.db.conftest import Server
from tests.db.test_migrations import bring_to
from tests.support.patience import patient


async def _engine(url: str) -> AsyncEngine:
    return create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))


@pytest.fixture
def old_database(server: Server) -> Iterator[str]:
    """A database of PostgreSQL's alone, where locks are."""
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def one_step_behind(monkeypatch: pytest.MonkeyPatch) -> Callable[[tuple[OnlineIndex, ...]], str]:
    """Let the newest revision but one be where a database is, and the newest build indexes."""

    def behind(indexes: tuple[OnlineIndex, ...]) -> str:
        found = migrations._scripts

        def scripts(after: str | None) -> list[tuple[str, tuple[OnlineIndex, ...]]]:
            return [(name, indexes if name == migrations.HEAD else ()) for name, _ in found(after)]

        monkeypatch.setattr(migrations, "_scripts", scripts)
        return migrations.pending(None)[-2]

    return behind


async def test_a_migration_waits_for_a_table_in_use_in_short_tries(
    old_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Those who wait behind it go on in between, and it is applied when the table is free."""
    monkeypatch.setattr(migrations, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(migrations, "TRIES", 1000)
    engine = await _engine(old_database)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, migrations.pending(None)[-2])
    async with engine.connect() as reader:
        await reader.execute(text("LOCK TABLE alembic_version IN SHARE MODE"))
        migrating = asyncio.create_task(migrate(old_database))
        async with asyncio.timeout(patient(30)):
            while "a table is in use" not in caplog.text:  # noqa: ASYNC110 - a log does not call
                await asyncio.sleep(0.05)
        assert not migrating.done()
    assert await migrating == (migrations.HEAD,)
    await engine.dispose()


async def test_an_index_of_a_table_in_use_is_built_beside_those_who_write(
    old_database: str,
    one_step_behind: Callable[[tuple[OnlineIndex, ...]], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CONCURRENTLY, before its revision is noted, so that a stop in between builds it again."""
    index = OnlineIndex("ix_test_online", "event", ("workspace", "created_at"))
    before = one_step_behind((index,))
    engine = await _engine(old_database)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, before)
    said: list[str] = []
    listen_to(said)

    async def heard(engine: AsyncEngine, statement: str) -> None:
        said.append(statement)
        await run_alone(engine, statement)

    monkeypatch.setattr(online, "run_alone", heard)
    try:
        await migrate(old_database)
    finally:
        event.remove(Engine, "before_cursor_execute", _listeners.pop())
    built = [each for each in said if "ix_test_online" in each and each.startswith("CREATE")]
    assert built == [
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS "ix_test_online" ON "event" (workspace, created_at)'
    ]
    noted = [n for n, each in enumerate(said) if each.startswith("UPDATE alembic_version")]
    assert said.index(built[0]) < noted[-1]
    await engine.dispose()


async def test_an_index_that_was_cut_off_is_built_again(old_database: str) -> None:
    """PostgreSQL leaves one that nobody may use; two processes that see it both end with a valid one."""
    await migrate(old_database)
    index = OnlineIndex("ix_test_online", "event", ("workspace", "created_at"))
    async with engine_for_migrations(read_address(old_database), 10) as engine:
        await build_online(engine, (index,))
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass('ix_test_online')"
                )
            )
        await asyncio.gather(*(build_online(engine, (index,)) for _ in range(2)))
        async with engine.connect() as connection:
            valid = (
                "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_test_online')"
            )
            assert await connection.scalar(text(valid)) is True


async def test_a_migration_builds_no_index_under_a_lock_of_a_table_that_was_there(
    old_database: str,
) -> None:
    """Since COMPATIBLE_FROM: an index of a table that may be large is one of the revision's `online`."""
    engine = await _engine(old_database)
    async with engine.begin() as connection:
        await connection.run_sync(bring_to, migrations.COMPATIBLE_FROM)
    for revision in migrations.pending(migrations.COMPATIBLE_FROM):
        names = {each.name for each in dict(migrations._scripts(None))[revision]}
        async with engine.begin() as connection:
            before = await connection.run_sync(indexes)
            await connection.run_sync(bring_to, revision)
            after = await connection.run_sync(indexes)
        new = {name for table, names in after.items() if table in before for name in names}
        had = {name for names in before.values() for name in names}
        assert new - had <= names, revision
    await engine.dispose()


def indexes(connection: Connection) -> dict[str, set[str]]:
    """The indexes of each table."""
    inspector = inspect(connection)
    return {
        table: {str(each["name"]) for each in inspector.get_indexes(table)}
        for table in inspector.get_table_names()
    }


_listeners: list[Any] = []


def listen_to(said: list[str]) -> None:
    """Note each statement of every connection."""

    def heard(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    _listeners.append(heard)
    event.listen(Engine, "before_cursor_execute", heard)
