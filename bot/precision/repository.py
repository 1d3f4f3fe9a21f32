"""How much watched channels bring."""

from datetime import timedelta

from sqlalchemy import func, select

from bot.db.repository import Repository, in_project
from bot.db.tables.watching import entity, watch, watched_message
from bot.precision.values import Stream

_LATELY = timedelta(days=7)
_A_DAY = timedelta(days=1)

_SINCE = select(func.min(watch.c.created_at)).where(in_project(watch))
_MESSAGES = select(func.count()).where(in_project(watched_message))
_ENTITIES = (
    select(func.count())
    .select_from(
        entity.join(
            watched_message,
            (watched_message.c.workspace == entity.c.workspace)
            & (watched_message.c.id == entity.c.message_id),
        )
    )
    .where(in_project(entity), entity.c.model.is_not(None))
)


class Streams(Repository):
    """What the live model reads as people write."""

    __slots__ = ()

    async def lately(self, project_id: int) -> Stream:
        """What a day of the last seven brought; nothing is told where no channel is watched."""
        began = (await self.execute(_SINCE, project_id)).scalar()
        if began is None:
            return Stream()
        now = self.clock()
        since = max(began, now - _LATELY)
        days = max((now - since) / _A_DAY, 1.0)
        lately = watched_message.c.created_at >= since
        messages = (await self.execute(_MESSAGES.where(lately), project_id)).scalar_one()
        entities = (await self.execute(_ENTITIES.where(lately), project_id)).scalar_one()
        return Stream(entities / days, messages / days)
