"""The channels that projects watch."""

from typing import Any

from sqlalchemy import Row, delete, func, select, update

from bot.db.records.watched_texts import drop_texts_of
from bot.db.repository import Repository, here, in_project, insert_if_new
from bot.db.tables.projects import project
from bot.db.tables.sentences import event
from bot.db.tables.watching import (
    entity,
    entity_change,
    watch,
    watched_message,
    watched_sentence,
)
from bot.domain.entities import ChangeKind, EntityState
from bot.watching.values import MessageState, Watch, WatchShown, WatchTotals

_CHUNK = 500
COLUMNS = tuple(watch.c[name] for name in Watch.__dataclass_fields__)
_ADD = insert_if_new(watch, *COLUMNS)
_OF_LIVE_PROJECT = watch.join(
    project,
    (project.c.workspace == watch.c.workspace)
    & (project.c.id == watch.c.project_id)
    & project.c.deleted_at.is_(None),
)


def to_watch(row: Row[*tuple[Any, ...]]) -> Watch:
    """The value of a row that has COLUMNS."""
    return Watch(**{name: getattr(row, name) for name in Watch.__dataclass_fields__})


class Watches(Repository):
    """The channels that projects watch."""

    __slots__ = ()

    async def all(self) -> tuple[Watch, ...]:
        """Those of every project that is in sight, oldest first."""
        wanted = select(*COLUMNS).select_from(_OF_LIVE_PROJECT).where(here(watch))
        return tuple(map(to_watch, await self.execute(wanted.order_by(watch.c.id))))

    async def of(self, project_id: int) -> tuple[Watch, ...]:
        """Those of a project."""
        wanted = select(*COLUMNS).where(in_project(watch)).order_by(watch.c.id)
        return tuple(map(to_watch, await self.execute(wanted, project_id)))

    async def find(self, project_id: int, channel: str) -> Watch | None:
        """The one of a channel."""
        return next((each for each in await self.of(project_id) if each.channel == channel), None)

    async def add(
        self, project_id: int, channel: str, *, person: str, since: str, reached: str | None
    ) -> Watch | None:
        """Watch a channel from now on; None where the project does so already. `reached` is where reading older
        messages begins, None where none are wanted."""
        last_event = select(func.max(event.c.id)).where(in_project(event))
        added = await self.execute(
            _ADD,
            project_id,
            channel=channel,
            person=person,
            since=since,
            reached=reached,
            complete_to=reached or since,
            event_position=(await self.execute(last_event, project_id)).scalar() or 0,
            created_at=self.clock(),
        )
        row = added.first()
        return None if row is None else to_watch(row)

    async def change(self, watch_id: int, **values: Any) -> None:
        """Change columns of one."""
        await self.execute(
            update(watch).where(here(watch), watch.c.id == watch_id).values(**values)
        )

    async def remove(self, found: Watch) -> None:
        """Watch a channel no longer, and keep nothing of its messages."""
        mine = select(watched_message.c.id).where(
            in_project(watched_message), watched_message.c.watch_id == found.id
        )
        ids = list((await self.execute(mine, found.project_id)).scalars())
        for start in range(0, len(ids), _CHUNK):
            await drop_texts_of(self, found.project_id, ids[start : start + _CHUNK])
        for table in (entity, watched_sentence):
            await self.execute(
                delete(table).where(in_project(table), table.c.message_id.in_(mine)),
                found.project_id,
            )
        await self.execute(
            delete(watched_message).where(
                in_project(watched_message), watched_message.c.watch_id == found.id
            ),
            found.project_id,
        )
        await self.execute(
            delete(watch).where(in_project(watch), watch.c.id == found.id), found.project_id
        )

    async def shown(self, project_id: int) -> tuple[WatchShown, ...]:
        """Those of a project with what they have brought."""
        return tuple([await self._shown(each) for each in await self.of(project_id)])

    async def totals(self, project_id: int) -> WatchTotals | None:
        """What all of a project have brought; None where it watches nothing."""
        shown = await self.shown(project_id)
        if not shown:
            return None
        amended = select(func.count()).where(
            in_project(entity_change), entity_change.c.kind != ChangeKind.FOUND.value
        )
        return WatchTotals(
            channels=len(shown),
            messages=sum(each.messages for each in shown),
            entities=sum(each.entities for each in shown),
            amended=int((await self.execute(amended, project_id)).scalar_one()),
            waiting=sum(each.waiting for each in shown),
        )

    async def _shown(self, found: Watch) -> WatchShown:
        mine = (in_project(watched_message), watched_message.c.watch_id == found.id)
        by_state = (
            select(watched_message.c.state, func.count().label("number"))
            .where(*mine)
            .group_by(watched_message.c.state)
        )
        rows = await self.execute(by_state, found.project_id)
        states = {row.state: int(row.number) for row in rows}
        there = select(watched_message.c.id).where(*mine)
        out = select(func.count()).where(
            in_project(entity),
            entity.c.message_id.in_(there),
            entity.c.state == EntityState.OUT.value,
        )
        return WatchShown(
            found.channel,
            messages=sum(states.values()),
            entities=int((await self.execute(out, found.project_id)).scalar_one()),
            waiting=states.get(MessageState.WAITING.value, 0),
            reached=found.reached,
            refused=found.refused,
        )
