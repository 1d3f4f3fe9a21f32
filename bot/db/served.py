"""Which workspaces a process works for: what it does by itself, it does in these alone."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, true

from bot.db.row_security import EVERY, setting_of


class Served:
    """The workspaces whose tokens this process has. They change while it runs: one is installed, another leaves.

    Several bots share one database: a row of a workspace whose token another one has is not this one's to work on, nor
    to tell of in Slack."""

    def __init__(self, workspaces: Iterable[str] = ()) -> None:
        self._workspaces = set(workspaces)

    def __contains__(self, workspace: str) -> bool:
        return workspace in self._workspaces

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._workspaces))

    def add(self, workspace: str) -> None:
        """Work for this one, too."""
        self._workspaces.add(workspace)

    def remove(self, workspace: str) -> None:
        """No longer work for this one."""
        self._workspaces.discard(workspace)

    @property
    def setting(self) -> str:
        """What PostgreSQL is told of it: see `bot.db.row_security`."""
        return setting_of(self)

    def rows(self, table: Any) -> ColumnElement[bool]:
        """The rows of a table that are its to work on."""
        mine: ColumnElement[bool] = table.c.workspace.in_(sorted(self._workspaces))
        return mine


class _Every(Served):
    """All there are and will be: for whoever runs nerbot, on its machine, and for what belongs to the machine rather
    than to a workspace."""

    def __contains__(self, workspace: str) -> bool:
        return bool(workspace)

    @property
    def setting(self) -> str:
        return EVERY

    def rows(self, table: Any) -> ColumnElement[bool]:
        del table
        return true()


EVERY_WORKSPACE = _Every()
