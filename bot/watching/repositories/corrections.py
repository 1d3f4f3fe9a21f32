"""Which sentences people have finished, or opened again, since a watching project looked."""

from sqlalchemy import and_, func, select, update

from bot.db.repository import Repository, in_project
from bot.db.tables.sentences import event, sentence
from bot.db.tables.watching import watch
from bot.domain.steps import AnnotationState

_EMPTY = AnnotationState()
_ABOUT_ONE = event.c.sentence_id.is_not(None)


class Corrections(Repository):
    """The record of a project, as far as it is about finished sentences."""

    __slots__ = ()

    async def newest(self, project_id: int) -> int:
        """The last event about a sentence; 0 where there is none."""
        wanted = select(func.max(event.c.id)).where(in_project(event), _ABOUT_ONE)
        return int((await self.execute(wanted, project_id)).scalar() or 0)

    async def after(
        self, project_id: int, position: int, *, most: int
    ) -> tuple[tuple[str, ...], int]:
        """The sentences of the next events that are about finished ones, and the last of these events."""
        rows = list(
            await self.execute(
                select(event.c.id, event.c.before, event.c.after, event.c.kind, sentence.c.text)
                .outerjoin(
                    sentence,
                    and_(
                        sentence.c.workspace == event.c.workspace,
                        sentence.c.project_id == event.c.project_id,
                        sentence.c.id == event.c.sentence_id,
                    ),
                )
                .where(in_project(event), _ABOUT_ONE, event.c.id > position)
                .order_by(event.c.id)
                .limit(most),
                project_id,
            )
        )
        texts = {
            row.text: None
            for row in rows
            if row.text is not None
            and (row.kind == "reviewed" or _is_finished(row.before) or _is_finished(row.after))
        }
        return tuple(texts), rows[-1].id if rows else position

    async def reach(self, project_id: int, position: int) -> None:
        """Note how far the record was read."""
        await self.execute(
            update(watch)
            .where(in_project(watch), watch.c.event_position < position)
            .values(event_position=position),
            project_id,
        )


def _is_finished(state: AnnotationState | None) -> bool:
    return (state or _EMPTY).finished
