"""One transaction in one workspace: what every repository is opened on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction that `Store` began; it sees and changes rows of its workspace only."""

    connection: AsyncConnection
    workspace: str
    clock: Clock
