"""What every repository shares: the transaction it is opened on.

A statement that most requests make is built once, as a constant of its module, with `bindparam` where a value goes:
building it costs several times what running it does. Which workspace it speaks of is not its business:
`here` leaves the place open, and `Repository.execute` fills it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Executable,
    String,
    Table,
    and_,
    bindparam,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import HasPrefixes

from bot.db.transaction import Clock, Transaction
from bot.db.types import Id

Insert = sqlite.Insert | postgresql.Insert
#: A statement that SQLAlchemy has once for each database, by the database's name.
PerDatabase = dict[str, Executable]

# Named unlike the columns: what is called like one goes into SET and VALUES.
_PLACE = {
    "workspace": bindparam("in_workspace", type_=String),
    "project_id": bindparam("in_project", type_=Id),
}


#: Marks a statement for the driver of SQLite.
BY_KEY = "/* by key */"

_S = TypeVar("_S", bound=HasPrefixes)


def by_key(statement: _S) -> _S:
    """Mark a statement as finding its few rows by a key: SQLite then runs it where it is asked for, because the way
    to its thread and back takes longer than the statement."""
    return statement.prefix_with(BY_KEY)


def here(table: Any) -> ColumnElement[bool]:
    """The rows of the repository's workspace."""
    mine: ColumnElement[bool] = table.c.workspace == _PLACE["workspace"]
    return mine


def in_project(table: Any) -> ColumnElement[bool]:
    """The rows of the project that `execute` is given, in the repository's workspace."""
    return and_(here(table), table.c.project_id == _PLACE["project_id"])


def is_project(project: Any) -> ColumnElement[bool]:
    """The row of the project that `execute` is given."""
    return and_(here(project), project.c.id == _PLACE["project_id"])


def inserts(table: Table, finish: Callable[[Insert], Executable]) -> PerDatabase:
    """INSERTs into the repository's workspace (and project), which `finish` may give an ON CONFLICT and a RETURNING."""
    place = {name: value for name, value in _PLACE.items() if name in table.c}
    return {
        "sqlite": finish(by_key(sqlite.insert(table).values(place))),
        "postgresql": finish(postgresql.insert(table).values(place)),
    }


def insert_if_new(table: Table, *returning: Column[Any]) -> PerDatabase:
    """INSERTs that leave a row that is there as it is, and return nothing then."""

    def finish(insert: Insert) -> Executable:
        insert = insert.on_conflict_do_nothing()
        return insert.returning(*returning) if returning else insert

    return inserts(table, finish)


def replace_columns(insert: Insert, table: Table, *names: str, **more: Any) -> Insert:
    """Give these columns of a row with the same primary key their new values."""
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: insert.excluded[name] for name in names},
        **more,
    )


@dataclass(frozen=True, slots=True)
class Repository:
    """Statements of one noun, in one transaction and one workspace; nothing is asked without naming
    the workspace."""

    tx: Transaction

    @property
    def connection(self) -> AsyncConnection:
        """What its statements run on."""
        return self.tx.connection

    @property
    def workspace(self) -> str:
        """The workspace whose rows it speaks of."""
        return self.tx.workspace

    @property
    def clock(self) -> Clock:
        """The time, in UTC."""
        return self.tx.clock

    async def execute(
        self, statement: Executable | PerDatabase, project_id: int | None = None, /, **values: Any
    ) -> CursorResult[Any]:
        """Run a statement in this workspace (and project)."""
        if isinstance(statement, dict):
            statement = statement[self.connection.dialect.name]
        place = {"in_workspace": self.workspace, "in_project": project_id}
        return await self.connection.execute(statement, {**place, **values})
