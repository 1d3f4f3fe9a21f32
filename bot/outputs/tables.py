"""Outputs that are tables in a database: a row an entity, as it is now."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Executable,
    Float,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    Text,
    and_,
    delete,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.domain.entities import ChangeKind, EntityChange
from bot.outputs.ports import OutputFailed
from bot.outputs.rows import COLUMNS, row_of
from bot.outputs.values import Output

NAME = "nerbot_entities"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_CONNECTED_WITHIN_SECONDS = 10


class TableWriter:
    """Writes rows by the key of the entity, so that a change that comes again changes nothing."""

    round: ClassVar[int] = 500

    async def write(self, output: Output, changes: Sequence[EntityChange]) -> None:
        """Make the rows what the entities are after these changes; the table is made where it is not there. Raises
        OutputFailed."""
        table = _table(str(output.settings.get("table", NAME)))
        deletes = output.settings.get("retracted") == "delete"
        try:
            url = make_url(output.target)
            engine = create_async_engine(
                url.set(drivername=DRIVERS[url.get_backend_name()]),
                poolclass=NullPool,
                hide_parameters=True,
                connect_args={"timeout": _CONNECTED_WITHIN_SECONDS},
            )
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(table.metadata.create_all)
                    await _write(connection, table, changes, deletes=deletes)
            finally:
                await engine.dispose()
        except ModuleNotFoundError as error:
            raise OutputFailed(f"it needs the package {error.name}") from error
        except (SQLAlchemyError, ArgumentError, OSError, TimeoutError, KeyError) as error:
            raise OutputFailed(f"the database did not take it ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    """What went wrong, without what was written."""
    return type(getattr(error, "orig", None) or error).__name__


def _table(name: str) -> Table:
    return Table(
        name,
        MetaData(),
        Column("id", String, primary_key=True),
        Column("state", String, nullable=False),
        Column("label", String, nullable=False),
        Column("text", Text, nullable=False),
        Column("score", Float),
        Column("model", Integer),
        Column("channel", String, nullable=False),
        Column("ts", String, nullable=False),
        Column("thread_ts", String),
        Column("sentence", Integer, nullable=False),
        Column("start", Integer, nullable=False),
        Column("end", Integer, nullable=False),
        Column("link", Text, nullable=False),
        # The last change of the entity, and when it was.
        Column("change", BigInteger, nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
    )


async def _write(
    connection: AsyncConnection, table: Table, changes: Sequence[EntityChange], *, deletes: bool
) -> None:
    # Of each entity the last one; all of them by one statement.
    last = {change.entity.key: change for change in changes}.values()
    gone: list[str] = []
    rows: list[dict[str, Any]] = []
    for each in last:
        if deletes and each.kind is ChangeKind.RETRACTED:
            gone.append(each.entity.key)
        else:
            rows.append({**row_of(each), "change": each.id, "changed_at": each.at})
    if gone:
        await connection.execute(delete(table).where(table.c.id.in_(gone)))
    if rows:
        await connection.execute(_upsert(connection.dialect.name, table), rows)


def _upsert(dialect: str, table: Table) -> Executable:
    databases: Any = postgresql if dialect == "postgresql" else sqlite
    inserted = databases.insert(table)
    names = (*COLUMNS[1:], "change", "changed_at")
    made: Executable = inserted.on_conflict_do_update(
        index_elements=["id"],
        set_={name: inserted.excluded[name] for name in names},
        # A retracted entity has no text any more, and what is replayed is older than what is there.
        where=or_(
            inserted.excluded.change > table.c.change,
            and_(
                inserted.excluded.change != table.c.change,
                inserted.excluded.changed_at > table.c.changed_at,
            ),
        ),
    )
    return made
