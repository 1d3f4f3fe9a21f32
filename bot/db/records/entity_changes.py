"""What outputs and webhooks are told of entities, in the order in which it was committed."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from bot.db.repository import Repository, in_project, inserts
from bot.db.tables.watching import entity_change
from bot.domain.entities import ChangeKind, EntityChange, MessageEntity
from bot.domain.json_form import adapter, dump

_ADD = inserts(entity_change, lambda insert: insert.returning(entity_change.c.id))
_AFTER = (
    select(entity_change)
    .where(in_project(entity_change), entity_change.c.id > bindparam("position"))
    .order_by(entity_change.c.id)
    .limit(bindparam("most"))
)


class EntityChanges(Repository):
    """The changes of a project's entities. They are added in the lock of the workspace, so none appears before a place
    that was read."""

    __slots__ = ()

    async def add(
        self, project_id: int, entity_id: int, kind: ChangeKind, entity: MessageEntity
    ) -> int:
        """Add one; its id."""
        added = await self.execute(
            _ADD,
            project_id,
            entity_id=entity_id,
            kind=kind.value,
            data=dump(entity),
            created_at=self.clock(),
        )
        return int(added.scalar_one())

    async def after(
        self, project_id: int, position: int, *, limit: int
    ) -> tuple[EntityChange, ...]:
        """Those after a place, oldest first."""
        rows = await self.execute(_AFTER, project_id, position=position, most=limit)
        read = adapter(MessageEntity).validate_json
        return tuple(
            EntityChange(
                row.id, row.entity_id, ChangeKind(row.kind), read(row.data), row.created_at
            )
            for row in rows
        )

    async def last(self, project_id: int) -> int:
        """The id of the newest; 0 where there is none."""
        newest = select(func.max(entity_change.c.id)).where(in_project(entity_change))
        return int((await self.execute(newest, project_id)).scalar() or 0)

    async def drop(self, project_id: int, *, to: int, before: datetime) -> int:
        """Drop those that everybody has and that are older than a moment; how many."""
        gone = await self.execute(
            delete(entity_change)
            .where(
                in_project(entity_change),
                entity_change.c.id <= to,
                entity_change.c.created_at < before,
            )
            .returning(entity_change.c.id),
            project_id,
        )
        return len(gone.all())
