"""The outbox: what is to be told in Slack, one row a message, of which only the newest state counts."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.db.repository import Repository, by_key, here, inserts
from bot.db.tables.outbox import outbox


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
    generation: int = 1
    once: bool = False
    """It has one state: the same key says nothing a second time."""
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
    generation: int
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

    @property
    def is_settled(self) -> bool:
        """It is known where it is, or that no place takes it."""
        return self.place is not None or self.dead_at is not None


COLUMNS = tuple(outbox.c[name] for name in Outgoing.__dataclass_fields__)
_ROW = by_key(select(*COLUMNS).where(here(outbox), outbox.c.key == bindparam("key")))
_ADD = inserts(outbox, lambda insert: insert)
_DEAD = select(func.count()).select_from(outbox).where(here(outbox), outbox.c.dead_at.is_not(None))


class Outbox(Repository):
    """What is to be told in one workspace."""

    __slots__ = ()

    async def put(self, new: OutboxMessage, *, not_before: datetime | None = None) -> bool:
        """Keep a message, or its next state; False where that may not follow: after the final one, or a second time.

        It is due at once, or `not_before`; what Slack asked to be waited for is waited for.
        """
        now = self.clock()
        due = max(now, not_before or now)
        row = (await self.execute(_ROW, key=new.key)).first()
        values: dict[str, Any] = {
            "message": json.dumps(new.message, ensure_ascii=False, separators=(",", ":")),
            "final": new.final,
            "generation": new.generation,
        }
        if row is None:
            place = new.place or (None, None)
            await self.execute(
                _ADD,
                key=new.key,
                channel=new.channel,
                person=new.person,
                subject=new.subject,
                thread_of=new.thread_of,
                state=1,
                place_channel=place[0],
                place_timestamp=place[1],
                due_at=due,
                created_at=now,
                **values,
            )
            return True
        if (new.generation, new.final) < (row.generation, row.final) or new.once:
            return False
        waits = row.attempts > 0 and row.due_at > due
        # What no place takes is tried with the last word of it, but not with every word.
        is_hopeless = row.dead_at is not None and row.refused is not None and not new.final
        await self.connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(
                state=outbox.c.state + 1,
                due_at=row.due_at if waits else due,
                dead_at=row.dead_at if is_hopeless else None,
                **values,
            )
        )
        return True

    async def dead(self) -> int:
        """How many messages were given up."""
        counted = await self.execute(_DEAD)
        return int(counted.scalar_one())
