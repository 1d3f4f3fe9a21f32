"""After a migration of a SQLite database those references are looked at that it may have broken, and no others."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import migrations
from bot.db.address import read_address
from bot.db.engines import engine_for_migrations
from bot.db.migrations.references import broken_reference, noting_what_is_written
from bot.db.transactions import PATIENCE
from bot.errors import StoreUnavailable
from tests.db.test_migrations import bring_to
from tests.support.opening import open_database

_TABLES = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, key TEXT UNIQUE, words TEXT)",
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent TEXT REFERENCES parent (key), words TEXT)",
    "CREATE TABLE other (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id))",
    "CREATE TABLE alone (id INTEGER PRIMARY KEY, words TEXT)",
    "INSERT INTO parent VALUES (1, 'one', ''), (2, 'two', '')",
    "INSERT INTO child VALUES (1, 'one', '')",
    "INSERT INTO other VALUES (1, 2)",
    "CREATE TRIGGER taken AFTER INSERT ON alone BEGIN DELETE FROM parent WHERE key = new.words; END",
)
_REBUILT = (
    "DROP TRIGGER taken",
    "CREATE TABLE built (id INTEGER PRIMARY KEY, key TEXT UNIQUE, words TEXT)",
    "INSERT INTO built SELECT id, key || '{}', words FROM parent",
    "DROP TABLE parent",
    "ALTER TABLE built RENAME TO parent",
)
_PROJECT = "INSERT INTO project (workspace, id, name, is_default, created_at) VALUES ('T', 1, 'p', 1, '2031-01-01')"
_SENTENCE = (
    "INSERT INTO sentence (workspace, project_id, text, text_hash, text_folded, tokens, person, source, created_at, "
    "finished_by) VALUES ('T', 1, 'a', 'h', 'a', '[]', 'U', 's', '2031-01-01', 0)"
)


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    """Of a database whose references are not enforced."""
    address = read_address(f"sqlite:///{tmp_path}/x.db")
    async with engine_for_migrations(address, PATIENCE) as engine, engine.connect() as opened:
        for statement in _TABLES:
            await opened.exec_driver_sql(statement)
        yield opened


def looked_at(connection: Connection, statements: tuple[str, ...]) -> tuple[set[str], str | None]:
    """The tables whose references are looked at after these statements, and one that refers to nothing."""
    asked: list[str] = []

    def note(_: object, __: object, sql: str, *___: object) -> None:
        asked.append(sql)

    event.listen(connection, "before_cursor_execute", note)
    with noting_what_is_written(connection) as written:
        for statement in statements:
            connection.exec_driver_sql(statement)
    found = broken_reference(connection, written)
    event.remove(connection, "before_cursor_execute", note)
    checks = (sql.removeprefix("PRAGMA foreign_key_check") for sql in asked if "key_check" in sql)
    return {check.strip('()"') for check in checks}, found


@pytest.mark.parametrize(
    ("statements", "tables", "broken"),
    [
        (("UPDATE parent SET words = 'x'", "UPDATE child SET words = 'x'"), set(), None),
        (("ALTER TABLE parent ADD COLUMN more TEXT",), set(), None),
        (("CREATE INDEX some ON child (words)",), set(), None),
        (("UPDATE parent SET key = key || 'x'",), {"child"}, "child"),
        (("UPDATE child SET parent = 'three'",), {"child"}, "child"),
        (("DELETE FROM parent WHERE id = 2",), {"child", "other"}, "other"),
        (("INSERT INTO other VALUES (2, 3)",), {"other"}, "other"),
        (("INSERT INTO alone VALUES (1, 'one')",), {"child"}, "child"),
        (tuple(each.format("") for each in _REBUILT), {"child", "other"}, None),
        (tuple(each.format("x") for each in _REBUILT), {"child"}, "child"),
    ],
)
async def test_what_may_be_broken_is_looked_at(
    connection: AsyncConnection, statements: tuple[str, ...], tables: set[str], broken: str | None
) -> None:
    """In the order of their names, up to the first that is broken."""
    assert await connection.run_sync(looked_at, statements) == (tables, broken)


async def _bring(url: str, revision: str) -> None:
    async with (
        engine_for_migrations(read_address(url), PATIENCE) as engine,
        engine.begin() as opened,
    ):
        await opened.run_sync(bring_to, revision)


@pytest.mark.parametrize(
    ("sabotage", "is_opened"),
    [
        ("UPDATE sentence SET project_id = 7", False),
        ("UPDATE sentence SET text = text || 'x'", True),
    ],
)
async def test_a_migration_that_would_leave_rows_without_what_they_refer_to_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sabotage: str, is_opened: bool
) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    await _bring(url, "0050")
    async with (
        engine_for_migrations(read_address(url), PATIENCE) as engine,
        engine.begin() as opened,
    ):
        await opened.exec_driver_sql(_PROJECT)
        await opened.exec_driver_sql(_SENTENCE)

    def last_step(connection: Connection) -> None:
        connection.exec_driver_sql(sabotage)

    monkeypatch.setattr(migrations, "secure_tables", last_step)
    if is_opened:
        async with open_database(url):
            return
    with pytest.raises(StoreUnavailable, match="refer to nothing"):
        async with open_database(url):
            pass
    async with (
        engine_for_migrations(read_address(url), PATIENCE) as engine,
        engine.connect() as opened,
    ):
        found = await opened.run_sync(migrations.read_schema)
    assert found.revision == "0050"
