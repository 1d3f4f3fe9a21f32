"""One transaction in one workspace: what every repository is opened on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.turns import Contended, PutOff
from bot.domain.limits import UNLIMITED, Limits
from bot.errors import DiskFull

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
    has_room: bool = True
    """False where the disk is so full that only what makes room is written."""
    limits: Limits = UNLIMITED
    """How much its workspace may have."""
    added: list[Added] = field(default_factory=list, compare=False)
    """The events that were added in it, in order."""
    put_off: PutOff | None = field(default=None, compare=False)
    """What is written at its end, where it writes beside others."""

    def must_be_alone(self) -> None:
        """Said before what cannot be done beside others. Raises Contended."""
        if self.put_off is not None:
            raise Contended

    def need_room(self) -> None:
        """Said before something new is written. Raises DiskFull while the last room is kept for deletions."""
        if not self.has_room:
            raise DiskFull
