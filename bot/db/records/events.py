"""The record of what people did; rows are only ever added."""

from typing import Any

from bot.db.repository import Repository
from bot.db.transaction import Added
from bot.db.written_in_order import ADD_EVENT
from bot.domain.events import EventKind
from bot.domain.steps import AnnotationState, StepKind

STEP_KINDS = tuple(kind.value for kind in StepKind if kind is not StepKind.UNDONE)

NOT_NUMBERED = 0
"""The id of an event in a transaction that numbers its events at its end."""


class Events(Repository):
    """Adds to the record, in the transaction of the change itself."""

    __slots__ = ()

    async def add(
        self,
        project_id: int,
        kind: EventKind | StepKind,
        *,
        person: str,
        sentence_id: int | None = None,
        before: AnnotationState | None = None,
        after: AnnotationState | None = None,
        detail: dict[str, Any] | None = None,
        undoes: int | None = None,
        request: str | None = None,
    ) -> int:
        """Add one event; its id, NOT_NUMBERED where the transaction writes beside others."""
        values = {
            "kind": kind.value,
            "person": person,
            "sentence_id": sentence_id,
            "before": before,
            "after": after,
            "detail": detail,
            "undoes": undoes,
            "request": request,
        }
        if self.tx.put_off is not None:
            self.tx.put_off.events.append({"in_project": project_id, **values})
            return NOT_NUMBERED
        added = await self.execute(ADD_EVENT, project_id, **values, created_at=self.clock())
        event_id = int(added.scalar_one())
        self.tx.added.append(Added(event_id, project_id, undoes))
        return event_id
