"""The entities in watched messages, as they are now; each change of one is told to outputs in the same transaction."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, select, update

from bot.db.records.entity_changes import EntityChanges
from bot.db.records.sentences import text_hash
from bot.db.repository import Repository, by_key, here, in_project, inserts
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, sentence
from bot.db.tables.watching import entity, watch, watched_message
from bot.domain.entities import (
    ChangeKind,
    EntityState,
    MessageEntity,
    digest_of,
    entity_key,
)
from bot.watching.amending import Amendment
from bot.watching.values import NewReading, Said, StoredEntity

_COLUMNS = tuple(entity.c[name] for name in StoredEntity.__dataclass_fields__)
_OF_MESSAGE = by_key(
    select(*_COLUMNS)
    .where(in_project(entity), entity.c.message_id == bindparam("the_message"))
    .order_by(entity.c.id)
)
_ADD = inserts(entity, lambda insert: insert.returning(entity.c.id))
_PLACE = by_key(
    select(watched_message.c.ts, watched_message.c.thread_ts, watched_message.c.entities)
    .add_columns(watch.c.channel)
    .join(
        watch,
        and_(
            watch.c.workspace == watched_message.c.workspace,
            watch.c.id == watched_message.c.watch_id,
        ),
    )
    .where(in_project(watched_message), watched_message.c.id == bindparam("the_message"))
)
_COUNT = by_key(
    update(watched_message)
    .where(here(watched_message), watched_message.c.id == bindparam("the_message"))
    .values(entities=bindparam("had_entities"))
)
_DECIDED = and_(
    decision.c.workspace == annotation.c.workspace,
    decision.c.project_id == annotation.c.project_id,
    decision.c.sentence_id == annotation.c.sentence_id,
)
_SAID = (
    select(sentence.c.id, sentence.c.text, annotation.c.spans, decision.c.spans.label("decided"))
    .select_from(
        sentence.join(
            annotation,
            and_(
                annotation.c.workspace == sentence.c.workspace,
                annotation.c.project_id == sentence.c.project_id,
                annotation.c.sentence_id == sentence.c.id,
                annotation.c.finished,
            ),
        ).outerjoin(decision, _DECIDED)
    )
    .where(in_project(sentence), sentence.c.text_hash.in_(bindparam("hashes", expanding=True)))
    .order_by(annotation.c.updated_at, annotation.c.person)
)


def _to_entity(row: Row[*tuple[Any, ...]]) -> StoredEntity:
    values = {name: getattr(row, name) for name in StoredEntity.__dataclass_fields__}
    return StoredEntity(**values | {"state": EntityState(row.state)})


class Entities(Repository):
    """The entities in watched messages."""

    __slots__ = ()

    async def of(self, project_id: int, message_id: int) -> tuple[StoredEntity, ...]:
        """Those a message has ever had, as they are now."""
        rows = await self.execute(_OF_MESSAGE, project_id, the_message=message_id)
        return tuple(map(_to_entity, rows))

    async def said(self, project_id: int, texts: Collection[str]) -> dict[str, Said]:
        """What people say of some sentences, by their texts."""
        if not texts:
            return {}
        rows = await self.execute(_SAID, project_id, hashes=[text_hash(text) for text in texts])
        return {
            row.text: Said(row.id, row.spans if row.decided is None else row.decided)
            for row in rows
        }

    async def apply(
        self, project_id: int, message_id: int, amendments: Sequence[Amendment]
    ) -> tuple[int, list[tuple[Amendment, int]]]:
        """Make the entities of a message what they are now, and tell outputs: how many it has ever had by then, and
        each amendment with the id of its entity."""
        place = (await self.execute(_PLACE, project_id, the_message=message_id)).first()
        if place is None:
            return 0, []
        number, done = int(place.entities), []
        for each in amendments:
            if each.before is None:
                number += 1
                key = entity_key(self.workspace, project_id, place.channel, place.ts, number)
                entity_id = await self._add(project_id, message_id, key, each)
            else:
                key, entity_id = each.before.key, each.before.id
                await self._change(each)
            done.append((each, entity_id))
            if each.told is not None:
                told = _as_told(each, key, place)
                await EntityChanges(self.tx).add(project_id, entity_id, each.told, told)
        if number != place.entities:
            await self.execute(_COUNT, the_message=message_id, had_entities=number)
        return number, done

    async def _add(self, project_id: int, message_id: int, key: str, amendment: Amendment) -> int:
        assert amendment.now is not None
        added = await self.execute(
            _ADD,
            project_id,
            message_id=message_id,
            key=key,
            state=amendment.state.value,
            **_columns_of(amendment.now),
        )
        return int(added.scalar_one())

    async def _change(self, amendment: Amendment) -> None:
        before, now = amendment.before, amendment.now
        assert before is not None
        values: dict[str, Any] = {"state": amendment.state.value}
        if now is not None and (amendment.told is not None or before.state is not EntityState.OUT):
            values |= _columns_of(now)
        await self.execute(
            update(entity).where(here(entity), entity.c.id == before.id).values(**values)
        )


def _columns_of(reading: NewReading) -> dict[str, Any]:
    return {
        "sentence": reading.sentence,
        "start": reading.start,
        "end": reading.end,
        "label": reading.label,
        "digest": digest_of(reading.text),
        "score": reading.score,
        "model": reading.model,
    }


def _as_told(amendment: Amendment, key: str, place: Row[*tuple[Any, ...]]) -> MessageEntity:
    """What outputs are told: of what is retracted no text, which may be why it was."""
    is_gone = amendment.told is ChangeKind.RETRACTED
    shown = amendment.before if is_gone else amendment.now
    assert shown is not None
    return MessageEntity(
        key,
        shown.label,
        "" if is_gone else getattr(shown, "text", ""),
        shown.sentence,
        shown.start,
        shown.end,
        shown.score,
        shown.model,
        place.channel,
        place.ts,
        place.thread_ts,
    )
