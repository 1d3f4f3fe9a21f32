"""What every repository shares: one transaction, one workspace, one clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Repository:
    """Statements of one noun, in one transaction and one workspace; nothing is asked without naming
    the workspace."""

    connection: AsyncConnection
    workspace: str
    clock: Clock

    def here(self, table: Table, project_id: int | None = None) -> ColumnElement[bool]:
        """The rows of this workspace (and project)."""
        mine = table.c.workspace == self.workspace
        return mine if project_id is None else and_(mine, table.c.project_id == project_id)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that knows ON CONFLICT, which SQLAlchemy has once for each database."""
        sqlite_here = self.connection.dialect.name == "sqlite"
        return sqlite.insert(table) if sqlite_here else postgresql.insert(table)

    def place(self, project_id: int) -> dict[str, Any]:
        """The columns that say where a new row belongs."""
        return {"workspace": self.workspace, "project_id": project_id}
