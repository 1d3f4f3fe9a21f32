"""Notifications, as the record of a project has them."""

from collections.abc import Iterable
from typing import Any

from bot.domain.entities import ChangeKind, EntityChange, row_of
from bot.domain.events import EventKind
from bot.domain.runs import Run, RunState
from bot.domain.steps import AnnotationState
from bot.webhooks.values import Notification, NotificationKind
from ner_engine.annotation import Span

_EMPTY = AnnotationState()


def of_event(row: Any, project: str) -> Notification | None:
    """What a row of the record, with the text of its sentence, tells a receiver; None where that is nothing."""
    if row.kind == EventKind.LIVE_MOVED.value:
        detail = row.detail or {}
        data = {"project": project, "model": detail.get("to"), "before": detail.get("from")}
        kind = NotificationKind.MODEL_LIVE
        return Notification(f"event_{row.id}", kind, row.created_at, data, event_position=row.id)
    before, after = row.before or _EMPTY, row.after or _EMPTY
    if row.text is None or not (before.finished or after.finished) or before == after:
        return None
    kind = (
        NotificationKind.ANNOTATION_FINISHED
        if after.finished
        else NotificationKind.ANNOTATION_REOPENED
    )
    data = {
        "project": project,
        "sentence": {"id": row.sentence_id, "text": row.text},
        "annotator": row.person,
        "entities": _entities(row.text, after.spans),
    }
    return Notification(f"event_{row.id}", kind, row.created_at, data, event_position=row.id)


def of_run(run: Run, position: int, project: str) -> Notification:
    """How a training ended."""
    data: dict[str, Any] = {
        "project": project,
        "training": run.number,
        "state": run.state.value,
        "model": run.version,
        "went_live": run.went_live,
        "sentences": run.sentences,
    }
    if run.evaluation is not None:
        data["f1"] = run.evaluation.overall.f1
        data["f1_interval"] = list(run.evaluation.interval)
    if run.state is RunState.FAILED:
        data["failure"] = run.failure
    at = run.finished_at or run.created_at
    return Notification(
        f"training_{run.id}", NotificationKind.TRAINING_ENDED, at, data, run_position=position
    )


def of_change(change: EntityChange, project: str) -> Notification:
    """What became of an entity of a watched channel."""
    is_new = change.kind is ChangeKind.FOUND
    kind = NotificationKind.ENTITY_FOUND if is_new else NotificationKind.ENTITY_AMENDED
    data = {"project": project, **row_of(change)}
    return Notification(f"entity_{change.id}", kind, change.at, data, entity_position=change.id)


def _entities(text: str, spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [
        {
            "start": span.start,
            "end": span.end,
            "label": span.label,
            "text": text[span.start : span.end],
        }
        for span in sorted(spans)
    ]
