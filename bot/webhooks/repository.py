"""The receivers of a project, and what there is to send to them."""

import heapq
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select, update

from bot.db.database import Database
from bot.db.records import runs
from bot.db.records.entity_changes import EntityChanges
from bot.db.records.receivers import Receivers
from bot.db.repository import Repository, here, in_project, inserts
from bot.db.served import Served
from bot.db.tables.projects import project
from bot.db.tables.sentences import event, sentence
from bot.db.tables.training import run
from bot.db.tables.webhooks import webhook
from bot.db.transaction import Clock
from bot.domain.events import EventKind
from bot.webhooks.notifications import of_change, of_event, of_run
from bot.webhooks.values import Coming, NotificationKind, Webhook

A_ROUND = 50
"""How many events are read at a time for one receiver."""

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
            entity_position=await EntityChanges(self.tx).last(project_id),
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
        changes = await EntityChanges(self.tx).after(
            receiver.project_id, receiver.entity_position, limit=A_ROUND
        )
        told = (each for row in events if (each := of_event(row, name)) is not None)
        trained = (of_run(each, at, name) for each, at in ended)
        changed = (of_change(each, name) for each in changes)
        # Each of the three keeps its own order, whatever the clock did.
        merged = heapq.merge(told, trained, changed, key=lambda each: each.at)
        wanted = tuple(each for each in merged if each.kind in receiver.kinds)
        return Coming(
            wanted,
            event_position=events[-1].id if events else receiver.event_position,
            run_position=ended[-1][1] if ended else receiver.run_position,
            entity_position=changes[-1].id if changes else receiver.entity_position,
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


class WebhooksToServe(Receivers[Webhook]):
    """The receivers of the workspaces of a process, as the sender works on them."""

    def __init__(self, database: Database, serves: Served, clock: Clock) -> None:
        super().__init__(database, serves, clock, webhook, COLUMNS, to_webhook)
