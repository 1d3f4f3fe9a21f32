"""References that a migration may have broken: SQLite does not enforce them while tables are rebuilt.

To look at all of them takes 22 seconds for ten million annotations, so those alone are looked at that were written.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

_WHOLE = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_DROP_TABLE})


@dataclass(slots=True)
class Written:
    """What SQLite says of each statement, and of the triggers it sets off, before it runs."""

    tables: set[str] = field(default_factory=set)
    """Rows came or went, or it is another table of the same name."""
    columns: set[tuple[str, str]] = field(default_factory=set)
    """Of which values were changed."""

    def __call__(self, action: int, table: str | None, column: str | None, *_: Any) -> int:
        """SQLite's authorizer: everything is allowed."""
        if table and action in _WHOLE:
            self.tables.add(table)
        elif table and column and action == sqlite3.SQLITE_UPDATE:
            self.columns.add((table, column))
        return sqlite3.SQLITE_OK


@contextmanager
def noting_what_is_written(connection: Connection) -> Iterator[Written]:
    """What statements write on a connection to SQLite, in the block."""
    written, raw = Written(), connection.connection
    raw.run_async(lambda driver: driver.set_authorizer(written))
    try:
        yield written
    finally:
        raw.run_async(lambda driver: driver.set_authorizer(None))


def broken_reference(connection: Connection, written: Written) -> str | None:
    """A table with a row that refers to nothing; None where there is no such table among those that could be it."""
    for table in sorted(_referring_to(connection, written)):
        found = connection.exec_driver_sql(f"PRAGMA foreign_key_check({_quoted(table)})")
        if found.first() is not None:
            return table
    return None


def _referring_to(connection: Connection, written: Written) -> set[str]:
    """The tables that were written, as far as they refer to others, and those that refer to them."""
    named = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    tables = connection.exec_driver_sql(named).scalars().all()
    found: set[str] = set()
    for table in tables:
        references = connection.exec_driver_sql(f"PRAGMA foreign_key_list({_quoted(table)})")
        for row in references.mappings():
            other = row["table"]
            if (
                table in written.tables
                or other in written.tables
                or (table, row["from"]) in written.columns
                or (other, row["to"]) in written.columns
            ):
                found.add(table)
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
