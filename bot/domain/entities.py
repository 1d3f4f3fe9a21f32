"""Entities that the live model found in watched messages, and what becomes of them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class EntityState(StrEnum):
    """Where an entity of a message is."""

    OUT = "out"
    """Outputs have it, or will."""
    ASKED = "asked"
    """Too unsure to be sent before somebody says that it is right."""
    REFUSED = "refused"
    """Somebody said that it is not right; it was never sent."""
    RETRACTED = "retracted"
    """It was sent, and is no more."""


class ChangeKind(StrEnum):
    """What happened to an entity that outputs are told of."""

    FOUND = "found"
    AMENDED = "amended"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class MessageEntity:
    """An entity as outputs get it. Where it is counts from the beginning of its sentence, in code points, the end
    exclusive; sentences count from 1."""

    key: str
    """What it is known by, whatever becomes of it; the same if the message is read anew from the beginning."""
    label: str
    text: str
    sentence: int
    start: int
    end: int
    score: float | None
    """How sure the model is, from 0 to 1; None where a person says so."""
    model: int | None
    """The version that found it; None where a person did."""
    channel: str
    ts: str
    """When the message was written, which names it in its channel."""
    thread_ts: str | None = None

    @property
    def link(self) -> str:
        """Where the message can be read."""
        address = f"https://slack.com/archives/{self.channel}/p{self.ts.replace('.', '')}"
        return f"{address}?thread_ts={self.thread_ts}" if self.thread_ts else address


@dataclass(frozen=True, slots=True)
class EntityChange:
    """One thing that outputs are told, in the order of their ids: an entity as it is after the change. A retracted
    one is as it was before."""

    id: int
    entity_id: int
    kind: ChangeKind
    entity: MessageEntity
    at: datetime


def digest_of(text: str) -> int:
    """By what a text is known again where it is not kept: 63 bits of a hash."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def entity_key(workspace: str, project_id: int, channel: str, ts: str, number: int) -> str:
    """What outputs know the entity of this number by, in this message."""
    whole = f"{workspace} {project_id} {channel} {ts} {number}"
    return "ent_" + hashlib.sha256(whole.encode()).hexdigest()[:24]


COLUMNS = (
    "id", "state", "label", "text", "score", "model", "channel", "ts", "thread_ts", "sentence", "start", "end", "link",
)  # fmt: skip
"""What files, tables, lists and webhooks say of an entity; `id` is its key."""


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
