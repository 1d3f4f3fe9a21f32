"""A change as a flat row: what files, tables, lists and webhooks have of it."""

from typing import Any

from bot.domain.entities import ChangeKind, EntityChange

COLUMNS = (
    "id", "state", "label", "text", "score", "model", "channel", "ts", "thread_ts", "sentence", "start", "end", "link",
)  # fmt: skip
"""What a row says of an entity; `id` is its key."""


def row_of(change: EntityChange) -> dict[str, Any]:
    """What a row says of an entity after a change."""
    entity = change.entity
    return {
        "id": entity.key,
        "state": "retracted" if change.kind is ChangeKind.RETRACTED else "out",
        "label": entity.label,
        "text": entity.text,
        "score": None if entity.score is None else round(entity.score, 4),
        "model": entity.model,
        "channel": entity.channel,
        "ts": entity.ts,
        "thread_ts": entity.thread_ts,
        "sentence": entity.sentence,
        "start": entity.start,
        "end": entity.end,
        "link": entity.link,
    }
