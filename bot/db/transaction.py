"""One transaction in one workspace: what every repository is opened on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

Clock = Callable[[], datetime]


class Added(NamedTuple):
    """An event that was added to a project's record."""

    event_id: int
    project_id: int
    undoes: int | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction that `Store` began; it sees and changes rows of its workspace only."""

    connection: AsyncConnection
    workspace: str
    clock: Clock
    added: list[Added] = field(default_factory=list, compare=False)
    """The events that were added in it, in order."""
