"""The outbox as its sender works on it: claimed, delivered, put off, given up."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, or_, select, update

from bot.db.clock import SKEW, Jump
from bot.db.database import Database
from bot.db.records.outbox import COLUMNS, Outgoing
from bot.db.served import Served
from bot.db.tables.outbox import outbox
from bot.db.transaction import Clock

CLAIM = timedelta(seconds=60)
"""How long one process may take for one message before another one tries it."""
KEPT = timedelta(days=7)
"""How long a delivered message is known, so that it is not told twice; one that was given up is kept for longer."""
KEPT_DEAD = timedelta(days=30)

_WAITS = and_(outbox.c.delivered < outbox.c.state, outbox.c.dead_at.is_(None))


class OutboxDelivery:
    """The outbox of the workspaces of a process, as its sender works on it; each method in a transaction of its own."""

    def __init__(self, database: Database, serves: Served, clock: Clock) -> None:
        self._database = database
        self._serves = serves
        self._clock = clock

    @property
    def _mine(self) -> ColumnElement[bool]:
        return self._serves.rows(outbox)

    async def claim(self, *, limit: int, besides: Sequence[int] = ()) -> tuple[Outgoing, ...]:
        """Messages that are due, longest first, for this process alone for a minute; `besides` those it is at, however
        the clock was set since."""
        now = self._clock()
        # A claim that reaches further than any does was made by a clock that has been set back.
        free = or_(
            outbox.c.claimed_until.is_(None),
            outbox.c.claimed_until <= now,
            outbox.c.claimed_until > now + CLAIM + SKEW,
        )
        due = (
            select(outbox.c.id)
            .where(self._mine, _WAITS, outbox.c.due_at <= now, free, outbox.c.id.not_in(besides))
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(limit)
        )
        async with self._database.reading(self._serves) as connection:
            if (await connection.execute(due)).first() is None:
                return ()  # nothing is written, and nobody who writes waits, where nothing is due
        async with self._database.writing(sees=self._serves) as connection:
            rows = await connection.execute(
                update(outbox)
                .where(self._mine, outbox.c.id.in_(due), free)
                .values(claimed_until=now + CLAIM)
                .returning(*COLUMNS)
            )
            found = [_to_outgoing(row) for row in rows]
        return tuple(sorted(found, key=lambda each: (each.due_at, each.id)))

    async def clock_moved(self, jump: Jump) -> None:
        """What another process is at stays its own for a minute. After a clock that was set back, what waits is tried
        at once: it would wait for so much longer."""
        claims = outbox.c.claimed_until
        claimed = and_(claims > jump.expected, claims <= jump.expected + CLAIM + SKEW)
        late = and_(_WAITS, outbox.c.due_at > jump.now)
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(
                update(outbox).where(self._mine, claimed).values(claimed_until=jump.now + CLAIM)
            )
            if jump.now < jump.expected:
                await connection.execute(
                    update(outbox).where(self._mine, late).values(due_at=jump.now)
                )

    async def begin(self) -> None:
        """At a start: what waits by a clock that was set back since it was tried is due now."""
        now = self._clock()
        tried = outbox.c.tried_at
        ahead = or_(outbox.c.attempts == 0, tried.is_(None), tried > now + SKEW)
        async with self._database.writing(sees=self._serves) as connection:
            waits = update(outbox).where(self._mine, _WAITS, outbox.c.due_at > now, ahead)
            await connection.execute(waits.values(due_at=now))

    async def next_due(self) -> datetime | None:
        """When the next message is due; None where none waits."""
        wanted = select(outbox.c.due_at).where(self._mine, _WAITS).order_by(outbox.c.due_at)
        async with self._database.reading(self._serves) as connection:
            found: datetime | None = await connection.scalar(wanted.limit(1))
        return found

    async def delivered(self, sent: Outgoing, *, place: tuple[str, str] | None) -> None:
        """Slack took this state; what the last one says is kept no longer than needed."""
        channel, timestamp = place or (sent.place_channel, sent.place_timestamp)
        is_last = and_(outbox.c.state == sent.state, outbox.c.final)
        await self._change(
            sent,
            message=case((is_last, "{}"), else_=outbox.c.message),
            delivered=sent.state,
            place_channel=channel,
            place_timestamp=timestamp,
            attempts=0,
            error=None,
        )

    async def failed(
        self, sent: Outgoing, *, error: str, due_at: datetime, gives_up: bool = False
    ) -> None:
        """It is tried again at a time, or no more."""
        values = {
            "attempts": sent.attempts + 1,
            "error": error,
            "due_at": due_at,
            "tried_at": self._clock(),
            "dead_at": self._clock() if gives_up else None,
            "claimed_until": None,
        }
        mine = and_(self._mine, outbox.c.id == sent.id)
        async with self._database.writing(sees=self._serves) as connection:
            changed = await connection.execute(
                update(outbox).where(mine, outbox.c.state == sent.state).values(**values)
            )
            if not changed.rowcount:  # a newer state has its own tries, after what Slack asked for
                newer = values | {"attempts": 1, "dead_at": None}
                await connection.execute(update(outbox).where(mine).values(**newer))

    async def refused(self, sent: Outgoing, *, error: str) -> None:
        """No place takes it."""
        await self._change(sent, error=error, refused=error, dead_at=self._clock())

    async def moved(self, sent: Outgoing, *, to: str, refused: str) -> None:
        """Its place is given up for good: from now on it goes to a person."""
        await self._change(
            sent,
            channel=to,
            refused=refused,
            place_channel=None,
            place_timestamp=None,
            attempts=0,
            error=refused,
            due_at=self._clock(),
        )

    async def place_of(self, workspace: str, key: str) -> Outgoing | None:
        """The message of a key in a workspace."""
        mine = and_(outbox.c.workspace == workspace, outbox.c.key == key)
        return next(iter(await self._found(select(*COLUMNS).where(mine))), None)

    async def withdraw(self, workspace: str, key: str) -> None:
        """Forget a message that no place takes, because it was told in another way."""
        mine = and_(outbox.c.workspace == workspace, outbox.c.key == key)
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(delete(outbox).where(mine, outbox.c.dead_at.is_not(None)))

    async def waiting(self, *, limit: int) -> tuple[Outgoing, ...]:
        """What was not delivered yet, what was given up first."""
        wanted = select(*COLUMNS).where(self._mine, outbox.c.delivered < outbox.c.state)
        oldest = wanted.order_by(outbox.c.dead_at.is_(None), outbox.c.due_at)
        return await self._found(oldest.limit(limit))

    async def _found(self, query: Select[Any]) -> tuple[Outgoing, ...]:
        async with self._database.reading(self._serves) as connection:
            return tuple(map(_to_outgoing, await connection.execute(query)))

    async def try_again(self, ids: Sequence[int] | None = None) -> int:
        """Let what was given up be tried again, all of it or some; how many."""
        wanted = update(outbox).where(self._mine, outbox.c.dead_at.is_not(None))
        if ids is not None:
            wanted = wanted.where(outbox.c.id.in_(ids))
        # What went to the person keeps the reason; any other goes where it was to go at first, without one.
        refused = case((outbox.c.channel == outbox.c.person, outbox.c.refused))
        again = {"dead_at": None, "attempts": 0, "claimed_until": None, "refused": refused}
        async with self._database.writing(sees=self._serves) as connection:
            changed = await connection.execute(wanted.values(due_at=self._clock(), **again))
            return int(changed.rowcount)

    async def prune(self) -> None:
        """Forget what was delivered, or given up, long ago."""
        now = self._clock()
        delivered = and_(outbox.c.delivered >= outbox.c.state, outbox.c.due_at < now - KEPT)
        old = or_(delivered, outbox.c.dead_at < now - KEPT_DEAD)
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(delete(outbox).where(self._mine, old))

    async def _change(self, sent: Outgoing, **values: Any) -> None:
        async with self._database.writing(sees=self._serves) as connection:
            await connection.execute(
                update(outbox)
                .where(self._mine, outbox.c.id == sent.id)
                .values(claimed_until=None, **values)
            )


def _to_outgoing(row: Row[*tuple[Any, ...]]) -> Outgoing:
    """The value of a row that has all columns."""
    values = {name: getattr(row, name) for name in Outgoing.__dataclass_fields__}
    return Outgoing(**values | {"message": json.loads(row.message)})
