"""The receivers of a project, and what there is to send to them."""

import heapq
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update

from bot.db.clock import SKEW
from bot.db.database import Database
from bot.db.records import runs
from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.projects import project
from bot.db.tables.sentences import event, sentence
from bot.db.tables.training import run
from bot.db.tables.webhooks import webhook
from bot.db.transaction import Clock
from bot.domain.events import EventKind
from bot.webhooks.notifications import of_event, of_run
from bot.webhooks.values import Coming, NotificationKind, Webhook

A_ROUND = 50
"""How many events are read at a time for one receiver."""
CLAIM = timedelta(minutes=2)
"""How long one process may take for one notification before another one sends it."""
LONGEST_PAUSE = timedelta(hours=1.2)
"""How long it is waited at most before a receiver is tried again."""

COLUMNS = tuple(webhook.c[name] for name in Webhook.__dataclass_fields__)

_ADD = inserts(webhook, lambda insert: insert.returning(*COLUMNS))


def to_webhook(row: Row[*tuple[Any, ...]]) -> Webhook:
    """The value of a row that has COLUMNS."""
    values = {name: getattr(row, name) for name in Webhook.__dataclass_fields__}
    kinds = frozenset(NotificationKind(kind) for kind in row.kinds.split())
    return Webhook(**values | {"kinds": kinds})


class Webhooks(Repository):
    """Where what happens in a project is sent."""

    __slots__ = ()

    async def of(self, project_id: int) -> tuple[Webhook, ...]:
        """All of a project, oldest first."""
        wanted = select(*COLUMNS).where(in_project(webhook)).order_by(webhook.c.id)
        return tuple(map(to_webhook, await self.execute(wanted, project_id)))

    async def get(self, webhook_id: int) -> Webhook | None:
        """The one of that number."""
        wanted = select(*COLUMNS).where(here(webhook), webhook.c.id == webhook_id)
        row = (await self.execute(wanted)).first()
        return None if row is None else to_webhook(row)

    async def add(
        self,
        project_id: int,
        url: str,
        kinds: frozenset[NotificationKind],
        *,
        secret: str,
        person: str,
    ) -> Webhook:
        """Send to a URL from now on: what happened before is there to be replayed."""
        now = self.clock()
        last_event = select(func.max(event.c.id)).where(in_project(event))
        last_run = select(func.max(run.c.ended)).where(here(run))
        added = await self.execute(
            _ADD,
            project_id,
            url=url,
            kinds=" ".join(sorted(kinds)),
            secret=secret,
            person=person,
            event_position=(await self.execute(last_event, project_id)).scalar() or 0,
            run_position=(await self.execute(last_run)).scalar() or 0,
            due_at=now,
            created_at=now,
        )
        return to_webhook(added.one())

    async def change(self, webhook_id: int, **values: Any) -> bool:
        """Change columns of one; False where it is not there."""
        changed = await self.execute(
            update(webhook)
            .where(here(webhook), webhook.c.id == webhook_id)
            .values(**values)
            .returning(webhook.c.id)
        )
        return changed.first() is not None

    async def remove(self, webhook_id: int) -> bool:
        """Send nothing to it any more; False where it was not there."""
        gone = await self.execute(
            delete(webhook).where(here(webhook), webhook.c.id == webhook_id).returning(webhook.c.id)
        )
        return gone.first() is not None

    async def coming(self, receiver: Webhook) -> Coming:
        """What is next for a receiver, oldest first: the record of its project from where it is.

        The record has its order from the lock of the workspace, in which every event is added and every training ends,
        so nothing appears before a place that was read. What was erased meanwhile is not sent.
        """
        name = await self._name(receiver.project_id)
        events = await self._events(receiver)
        ended = await self._ended(receiver)
        told = (each for row in events if (each := of_event(row, name)) is not None)
        trained = (of_run(each, at, name) for each, at in ended)
        # Each of the two keeps its own order, whatever the clock did.
        merged = heapq.merge(told, trained, key=lambda each: each.at)
        wanted = tuple(each for each in merged if each.kind in receiver.kinds)
        return Coming(
            wanted,
            event_position=events[-1].id if events else receiver.event_position,
            run_position=ended[-1][1] if ended else receiver.run_position,
        )

    async def _name(self, project_id: int) -> str:
        wanted = select(project.c.name).where(here(project), project.c.id == project_id)
        return str((await self.execute(wanted)).scalar() or "")

    async def _events(self, receiver: Webhook) -> list[Any]:
        live = event.c.kind == EventKind.LIVE_MOVED.value
        wanted = (
            select(event, sentence.c.text)
            .outerjoin(
                sentence,
                and_(
                    sentence.c.workspace == event.c.workspace,
                    sentence.c.project_id == event.c.project_id,
                    sentence.c.id == event.c.sentence_id,
                ),
            )
            .where(
                in_project(event),
                event.c.id > receiver.event_position,
                or_(live, event.c.sentence_id.is_not(None)),
            )
            .order_by(event.c.id)
            .limit(A_ROUND)
        )
        return list(await self.execute(wanted, receiver.project_id))

    async def _ended(self, receiver: Webhook) -> list[tuple[Any, int]]:
        wanted = (
            select(*runs.COLUMNS, run.c.ended)
            .where(in_project(run), run.c.ended > receiver.run_position)
            .order_by(run.c.ended)
            .limit(A_ROUND)
        )
        rows = await self.execute(wanted, receiver.project_id)
        return [(runs.to_run(row), row.ended) for row in rows]


class WebhooksToServe:
    """The receivers of all workspaces, as the sender works on them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def due(self) -> tuple[Webhook, ...]:
        """Those that can be sent something now, and that no process is at."""
        now = self._clock()
        wanted = select(*COLUMNS).where(
            webhook.c.paused_at.is_(None), _passed(webhook.c.due_at, now, LONGEST_PAUSE), _free(now)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.order_by(webhook.c.due_at, webhook.c.id))
            return tuple(map(to_webhook, rows))

    async def claim(self, webhook_id: int) -> Webhook | None:
        """Take a receiver for this process alone, as it is now; None where another one has it."""
        now = self._clock()
        async with self._database.writing() as connection:
            taken = await connection.execute(
                update(webhook)
                .where(webhook.c.id == webhook_id, _free(now), webhook.c.paused_at.is_(None))
                .values(claimed_until=now + CLAIM)
                .returning(*COLUMNS)
            )
            row = taken.first()
        return None if row is None else to_webhook(row)

    async def keep(self, webhook_id: int, **values: Any) -> None:
        """Note how far a receiver is, or why it is not."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(webhook).where(webhook.c.id == webhook_id).values(**values)
            )


def _free(now: datetime) -> ColumnElement[bool]:
    claimed = webhook.c.claimed_until
    return or_(claimed.is_(None), _passed(claimed, now, CLAIM))


def _passed(
    moment: ColumnElement[datetime], now: datetime, longest: timedelta
) -> ColumnElement[bool]:
    """Whether a moment is over; one that is further ahead than any can be was noted by a clock that was set back."""
    return or_(moment <= now, moment > now + longest + SKEW)
