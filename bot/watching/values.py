"""Watched channels, their messages, and what is found in them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.domain.entities import EntityState
from bot.domain.project import Offsets
from ner_engine.annotation import Span


class MessageState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    """It is to be read."""
    READ = "read"
    EMPTY = "empty"
    """There is nothing to read in it: a picture alone, a file without words."""
    GONE = "gone"
    """It was deleted in Slack."""


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message of a channel as Slack tells of it, with what was said in it line by line."""

    channel: str
    ts: str
    """When it was written, in Slack's own form; its name in the channel."""
    revision: str
    """When it was edited last, in the same form; its own time before that."""
    author: str
    """The person or the app that wrote it."""
    lines: tuple[str, ...] = ()
    thread_ts: str | None = None
    is_gone: bool = False
    """It was deleted."""
    is_guest: bool = False
    """Its author is of another workspace."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A channel that a project watches."""

    id: int
    project_id: int
    channel: str
    person: str
    """Whoever set it up."""
    since: str
    """The oldest message that is read."""
    reached: str | None
    """How far back those before the watch were read; None where all that are wanted were."""
    complete_to: str
    """Until here nothing is missing."""
    event_position: int
    """The last event of the project that was looked at for corrections."""
    created_at: datetime
    refused: str | None = None
    """Why Slack does not show the channel: its own word."""


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message that is to be read, claimed by this process."""

    id: int
    watch_id: int
    project_id: int
    channel: str
    ts: str
    thread_ts: str | None
    revision: str
    attempts: int
    entities: int
    """How many entities it has ever had."""
    text: str | None
    """Its sentences, a line each, where the project keeps them."""


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """An entity of a message as it was read last."""

    id: int
    key: str
    sentence: int
    start: int
    end: int
    label: str
    digest: int
    score: float | None
    model: int | None
    state: EntityState


@dataclass(frozen=True, slots=True)
class NewReading:
    """One entity that a model or a person finds in a message now."""

    sentence: int
    start: int
    end: int
    label: str
    text: str
    score: float | None
    model: int | None
    state: EntityState


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """One sentence of a message, while it is read."""

    number: int
    text: str
    tokens: tuple[Offsets, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What people say of a sentence: a reviewer's decision, else what was finished last."""

    sentence_id: int
    spans: tuple[Span, ...]


# what people type


@dataclass(frozen=True, slots=True)
class WatchChannel:
    """`/nerbot watch #channel since 30 days`."""

    channel: str
    days: int = 0
    """How many days back older messages are read, too."""


@dataclass(frozen=True, slots=True)
class StopWatching:
    """`/nerbot watch stop #channel`."""

    channel: str


@dataclass(frozen=True, slots=True)
class ShowWatches:
    """`/nerbot watch`."""


@dataclass(frozen=True, slots=True)
class WatchShown:
    """A watched channel, and how it does."""

    channel: str
    messages: int
    entities: int
    waiting: int
    reached: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class WatchTotals:
    """What the watched channels of a project have brought."""

    channels: int
    messages: int
    entities: int
    """Those that are out now."""
    amended: int
    """Changes and retractions of the last days: as long as they are kept."""
    waiting: int
    """Messages to be read."""


@dataclass(frozen=True, slots=True)
class WatchesShown:
    """The watched channels of a project."""

    project: str
    watches: tuple[WatchShown, ...]
    outputs: int = 0
    did: Literal["shown", "watching", "stopped"] = "shown"
    channel: str = ""
    days: int = 0
    type: Literal["watches_shown"] = "watches_shown"
