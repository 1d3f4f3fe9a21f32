"""What is no longer kept of watched channels."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update

from bot.db.records.entity_changes import EntityChanges
from bot.db.repository import Repository, here, in_project
from bot.db.tables.projects import project
from bot.db.tables.watching import entity, entity_change, output, watched_message, watched_sentence
from bot.db.tables.webhooks import webhook
from bot.watching.values import MessageState

CHANGES_KEPT = timedelta(days=7)
"""For how long what outputs are told is kept, so that they can be replayed."""
CHANGES_KEPT_AT_MOST = timedelta(days=30)
"""The same, for outputs that do not take it."""
EMPTY_KEPT, KEPT = timedelta(days=30), timedelta(days=365)
"""For how long messages are known in which nothing was found, and all others."""
_AT_ONCE = 500

_message = watched_message.c


class Retention(Repository):
    """Drops what is too old."""

    __slots__ = ()

    async def projects(self) -> tuple[int, ...]:
        """Those that watch or have watched a channel."""
        found = select(watched_message.c.project_id).where(here(watched_message))
        told = select(entity_change.c.project_id).where(here(entity_change))
        return tuple(sorted((await self.execute(found.union(told))).scalars()))

    async def drop_changes(self, project_id: int) -> int:
        """Drop changes that every output and webhook has had for a while; how many."""
        changes, now = EntityChanges(self.tx), self.clock()
        places = [
            (await self.execute(wanted, project_id)).scalar()
            for wanted in (
                select(func.min(output.c.position)).where(in_project(output)),
                select(func.min(webhook.c.entity_position)).where(
                    in_project(webhook), webhook.c.kinds.contains("entity.")
                ),
            )
        ]
        last = await changes.last(project_id)
        taken = min([place for place in places if place is not None], default=last)
        gone = await changes.drop(project_id, to=taken, before=now - CHANGES_KEPT)
        return gone + await changes.drop(project_id, to=last, before=now - CHANGES_KEPT_AT_MOST)

    async def drop_texts(self, project_id: int) -> None:
        """Drop texts that are kept no longer, by the project's setting."""
        wanted = select(project.c.message_days).where(here(project), project.c.id == project_id)
        days = int((await self.execute(wanted)).scalar() or 0)
        before = self.clock() - timedelta(days=days)
        await self.execute(
            update(watched_message)
            .where(
                in_project(watched_message),
                _message.text.is_not(None),
                _message.created_at < before,
            )
            .values(text=None),
            project_id,
        )

    async def drop_messages(self, project_id: int) -> int:
        """Drop some of the messages that are too old; how many. Called until there is none."""
        now = self.clock()
        has_entity = exists().where(here(entity), entity.c.message_id == _message.id)
        is_old: ColumnElement[bool] = or_(
            _message.created_at < now - KEPT,
            (_message.created_at < now - EMPTY_KEPT) & ~has_entity,
        )
        found = await self.execute(
            select(_message.id)
            .where(
                in_project(watched_message), _message.state != MessageState.WAITING.value, is_old
            )
            .limit(_AT_ONCE),
            project_id,
        )
        ids = list(found.scalars())
        for table, key in (
            (entity, entity.c.message_id),
            (watched_sentence, watched_sentence.c.message_id),
            (watched_message, _message.id),
        ):
            await self._delete(table, key.in_(ids), project_id)
        return len(ids)

    async def _delete(self, table: Any, condition: ColumnElement[bool], project_id: int) -> None:
        await self.execute(delete(table).where(in_project(table), condition), project_id)

    async def read_again(self, *, most: int) -> int:
        """Let messages wait again that another model read than the one that is live, where their texts are kept and
        the project wants it; how many."""
        stale = (
            select(_message.id)
            .join(
                project,
                (project.c.workspace == _message.workspace) & (project.c.id == _message.project_id),
            )
            .where(
                here(watched_message),
                project.c.rereads,
                _message.state == MessageState.READ.value,
                _message.text.is_not(None),
                _message.model != project.c.live_version,
            )
            .limit(most)
        )
        ids = list((await self.execute(stale)).scalars())
        if ids:
            await self.execute(
                update(watched_message)
                .where(here(watched_message), _message.id.in_(ids))
                .values(state=MessageState.WAITING.value, claimed_until=None, attempts=0)
            )
        return len(ids)
