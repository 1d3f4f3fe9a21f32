"""The cards of what is too unsure to go out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, func, or_, select, update

from bot.asking.values import EntityCard, Said
from bot.db.repository import Repository, in_project, inserts
from bot.db.tables.watching import entity, entity_card, watch, watched_message
from bot.domain.entities import EntityState
from bot.domain.project import Offsets

MOST = 200
"""So many cards of a project wait at most: the oldest ones go, and are never sent."""
_KEPT = timedelta(days=14)
"""For so long a card waits."""

_ITS_ENTITY = and_(
    entity.c.workspace == entity_card.c.workspace, entity.c.id == entity_card.c.entity_id
)
_ITS_MESSAGE = and_(
    watched_message.c.workspace == entity_card.c.workspace,
    watched_message.c.id == entity_card.c.message_id,
)
_ITS_WATCH = and_(
    watch.c.workspace == watched_message.c.workspace, watch.c.id == watched_message.c.watch_id
)
_IS_WAITING = and_(entity_card.c.answered_at.is_(None), entity.c.state == EntityState.ASKED.value)
_CARDS = (
    select(
        entity_card.c.entity_id,
        entity_card.c.message_id,
        entity_card.c.sentence,
        entity_card.c.tokens,
        entity.c.start,
        entity.c.end,
        entity.c.label,
        entity.c.score,
        entity.c.state,
        watch.c.channel,
        watched_message.c.ts,
        watched_message.c.thread_ts,
    )
    .select_from(
        entity_card.join(entity, _ITS_ENTITY)
        .join(watched_message, _ITS_MESSAGE)
        .join(watch, _ITS_WATCH)
    )
    .where(in_project(entity_card), _IS_WAITING)
)
_WAITING = (
    select(func.count())
    .select_from(entity_card.join(entity, _ITS_ENTITY))
    .where(in_project(entity_card), _IS_WAITING)
)
_PUT = inserts(
    entity_card,
    # A message that is read again asks anew only about what nobody has answered.
    lambda insert: insert.on_conflict_do_update(
        index_elements=[entity_card.c.workspace, entity_card.c.entity_id],
        set_={name: insert.excluded[name] for name in ("sentence", "tokens")},
        where=entity_card.c.answered_at.is_(None),
    ),
)


def _to_card(row: Row[*tuple[Any, ...]]) -> EntityCard:
    values = {name: getattr(row, name) for name in EntityCard.__dataclass_fields__}
    return EntityCard(**values | {"state": EntityState(row.state)})


class Cards(Repository):
    """The cards of a project. Their sentences are kept until they are answered, for two weeks at most."""

    __slots__ = ()

    async def put(
        self,
        project_id: int,
        entity_id: int,
        message_id: int,
        sentence: str,
        tokens: Sequence[Offsets],
    ) -> None:
        """Ask about an entity, in its sentence as it is now."""
        await self.execute(
            _PUT,
            project_id,
            entity_id=entity_id,
            message_id=message_id,
            sentence=sentence,
            tokens=tuple(tokens),
            created_at=self.clock(),
        )

    async def next(self, project_id: int) -> EntityCard | None:
        """The newest that waits: whoever wrote it still knows."""
        row = (
            await self.execute(_CARDS.order_by(entity_card.c.id.desc()).limit(1), project_id)
        ).first()
        return None if row is None else _to_card(row)

    async def of(self, project_id: int, entity_id: int) -> EntityCard | None:
        """The one about an entity, as long as it waits."""
        wanted = _CARDS.where(entity_card.c.entity_id == bindparam("the_entity"))
        row = (await self.execute(wanted, project_id, the_entity=entity_id)).first()
        return None if row is None else _to_card(row)

    async def waiting(self, project_id: int) -> int:
        """How many wait."""
        return int((await self.execute(_WAITING, project_id)).scalar_one())

    async def answer(self, project_id: int, entity_id: int, said: Said, *, person: str) -> None:
        """Note what somebody said; the sentence is not needed any longer."""
        await self.execute(
            update(entity_card)
            .where(in_project(entity_card), entity_card.c.entity_id == entity_id)
            .values(
                answered_at=self.clock(),
                answer=said.value,
                person=person,
                sentence="",
                tokens=(),
            ),
            project_id,
        )

    async def prune(self, project_id: int) -> None:
        """Drop cards that are too many or too old, and those of what is no longer there."""
        kept = (
            select(entity_card.c.id)
            .where(in_project(entity_card), entity_card.c.answered_at.is_(None))
            .order_by(entity_card.c.id.desc())
            .limit(MOST)
        )
        # By the key of each: a project may have a hundred thousand entities, and cards are dropped with each message.
        asked = exists().where(_ITS_ENTITY, entity.c.state == EntityState.ASKED.value)
        await self.execute(
            delete(entity_card).where(
                in_project(entity_card),
                entity_card.c.answered_at.is_(None),
                or_(
                    entity_card.c.id.not_in(kept),
                    entity_card.c.created_at < self.clock() - _KEPT,
                    ~asked,
                ),
            ),
            project_id,
        )
