"""The outbox: what is to be told in Slack, one row a message, of which only the newest state counts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.db.repository import Repository, here, inserts
from bot.db.tables.outbox import outbox
from bot.db.transaction import Clock

CLAIM = timedelta(seconds=60)
"""How long one process may take for one message before another one tries it."""
KEPT = timedelta(days=7)
"""How long a delivered message is known, so that it is not told twice; one that was given up is kept for longer."""
KEPT_DEAD = timedelta(days=30)

_WAITS = and_(outbox.c.delivered < outbox.c.state, outbox.c.dead_at.is_(None))


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """The newest state of a message."""

    key: str
    channel: str
    message: dict[str, Any]
    """What Slack's methods take as text and blocks, or pictures to draw."""
    person: str | None = None
    subject: str | None = None
    final: bool = True
    thread_of: str | None = None
    """The key of the message in whose thread it goes."""
    place: tuple[str, str] | None = None
    """Channel and timestamp, where it is known to be already."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox."""

    id: int
    workspace: str
    key: str
    channel: str
    person: str | None
    subject: str | None
    message: dict[str, Any]
    thread_of: str | None
    final: bool
    state: int
    delivered: int
    place_channel: str | None
    place_timestamp: str | None
    refused: str | None
    attempts: int
    error: str | None
    due_at: datetime
    created_at: datetime
    dead_at: datetime | None

    @property
    def place(self) -> tuple[str, str] | None:
        """Where it is in Slack."""
        if self.place_channel is None or self.place_timestamp is None:
            return None
        return self.place_channel, self.place_timestamp


_COLUMNS = tuple(outbox.c[name] for name in Outgoing.__dataclass_fields__)

_PUT = inserts(
    outbox,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["workspace", "key"],
        set_={
            "message": insert.excluded.message,
            "final": insert.excluded.final,
            "state": outbox.c.state + 1,
            "attempts": 0,
            "dead_at": None,
            "due_at": case(
                (insert.excluded.final, insert.excluded.due_at),
                # One edit in so many seconds; and what Slack asked to wait for is waited for.
                else_=func.max(outbox.c.due_at, insert.excluded.due_at)
                if insert.__class__.__module__.endswith("sqlite.dml")
                else func.greatest(outbox.c.due_at, insert.excluded.due_at),
            ),
        },
        # A state that is not final is older than one that is.
        where=or_(~outbox.c.final, insert.excluded.final),
    ),
)
