"""Many rows in one statement: values are made ready a column at a time, which SQLAlchemy does a row at a time."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_rows(
    connection: AsyncConnection,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    **same: Any,
) -> None:
    """Insert rows of which each has its value of every column, and these values all of them have."""
    count = len(next(iter(columns.values())))
    if not count:
        return
    dialect = connection.dialect
    ready: dict[str, Any] = {
        name: _ready(table, name, values, dialect) for name, values in columns.items()
    }
    for name, value in same.items():
        ready[name] = repeat(_ready(table, name, [value], dialect)[0], count)
    # Columns are named in the order in which the table has them.
    names = tuple(column.name for column in table.c if column.name in ready)
    statement = _statement(table, names, dialect)
    await connection.exec_driver_sql(
        statement, list(zip(*(ready[name] for name in names), strict=False))
    )


def _ready(table: Table, name: str, values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    kind = table.c[name].type
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else list(map(process, values))


@cache
def _statement(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    return str(insert(table).compile(dialect=dialect, column_keys=list(names)))
