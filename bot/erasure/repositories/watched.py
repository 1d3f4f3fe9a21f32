"""What watched channels brought of a person or a sentence, erased with them."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from bot.db.records.entity_changes import EntityChanges
from bot.db.records.watched_texts import drop_texts_of
from bot.db.repository import Repository, here, in_project
from bot.db.tables.watching import entity, entity_change, watch, watched_message, watched_sentence
from bot.domain.entities import ChangeKind, EntityState, MessageEntity, digest_of
from bot.domain.events import NOBODY

_CHUNK = 500


class Watched(Repository):
    """Messages of watched channels, and what was found in them."""

    __slots__ = ()

    async def of_person(self, project_id: int, person: str) -> int:
        """Erase what was found in a person's messages; how many messages."""
        return await self._forget(project_id, watched_message.c.author == person)

    async def of_sentences(self, project_id: int, texts: Collection[str]) -> int:
        """Erase what was found in the messages that have one of these sentences; how many."""
        digests, gone = sorted(map(digest_of, texts)), 0
        for start in range(0, len(digests), _CHUNK):
            having = select(watched_sentence.c.message_id).where(
                in_project(watched_sentence),
                watched_sentence.c.digest.in_(digests[start : start + _CHUNK]),
            )
            gone += await self._forget(project_id, watched_message.c.id.in_(having))
        return gone

    async def _forget(self, project_id: int, which: ColumnElement[bool]) -> int:
        """The messages count as deleted from now on, so that Slack's own copy is not read again."""
        found = select(watched_message.c.id).where(in_project(watched_message), which)
        ids = list((await self.execute(found, project_id)).scalars())
        for start in range(0, len(ids), _CHUNK):
            await self._forget_these(project_id, ids[start : start + _CHUNK])
        return len(ids)

    async def _forget_these(self, project_id: int, ids: Sequence[int]) -> None:
        in_them = and_(in_project(entity), entity.c.message_id.in_(ids))
        told = or_(
            entity_change.c.kind == ChangeKind.FOUND.value,
            entity_change.c.kind == ChangeKind.AMENDED.value,
        )
        await self._retract(project_id, ids)
        await drop_texts_of(self, project_id, ids)
        await self.execute(
            delete(entity_change).where(
                in_project(entity_change),
                told,
                entity_change.c.entity_id.in_(select(entity.c.id).where(in_them)),
            ),
            project_id,
        )
        await self.execute(delete(entity).where(in_them), project_id)
        await self.execute(
            delete(watched_sentence).where(
                in_project(watched_sentence), watched_sentence.c.message_id.in_(ids)
            ),
            project_id,
        )
        await self.execute(
            update(watched_message)
            .where(in_project(watched_message), watched_message.c.id.in_(ids))
            .values(state="gone", author=NOBODY, text=None),
            project_id,
        )

    async def _retract(self, project_id: int, ids: Sequence[int]) -> None:
        """Tell outputs that what they have of these messages is no more."""
        rows = await self.execute(
            select(entity, watched_message.c.ts, watched_message.c.thread_ts, watch.c.channel)
            .join(
                watched_message,
                and_(
                    watched_message.c.workspace == entity.c.workspace,
                    watched_message.c.id == entity.c.message_id,
                ),
            )
            .join(
                watch,
                and_(
                    watch.c.workspace == watched_message.c.workspace,
                    watch.c.id == watched_message.c.watch_id,
                ),
            )
            .where(
                in_project(entity),
                here(watched_message),
                entity.c.message_id.in_(ids),
                entity.c.state == EntityState.OUT.value,
            ),
            project_id,
        )
        for row in rows.mappings().all():
            gone = MessageEntity(
                row["key"],
                row["label"],
                "",
                row["sentence"],
                row["start"],
                row["end"],
                row["score"],
                row["model"],
                row["channel"],
                row["ts"],
                row["thread_ts"],
            )
            await EntityChanges(self.tx).add(project_id, row["id"], ChangeKind.RETRACTED, gone)
