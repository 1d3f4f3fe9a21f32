"""Sentences taken from a message in Slack: what can be chosen, what was put into the queue."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.project import Offsets


@dataclass(frozen=True, slots=True)
class QuotedMessage:
    """A message as the person saw it, line by line, and where it can be read again."""

    lines: tuple[str, ...]
    permalink: str | None = None
    cleaned: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a message, with its tokens; not stored yet."""

    text: str
    tokens: tuple[Offsets, ...]


@dataclass(frozen=True, slots=True)
class MessageIntent:
    """The intent to label sentences of a message: one now, or all of them later."""

    pieces: tuple[Piece, ...]
    permalink: str | None = None
    cleaned: bool = False
    to_queue: bool = False


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """The message shortcut "Label this message"."""

    intent: MessageIntent


@dataclass(frozen=True, slots=True)
class Queued:
    """Sentences of a message wait in the queue; `added` are those that were not known before."""

    sentences: int
    added: tuple[int, ...] = ()
    waiting: int = 0
    step: str = ""
    """The request that put them there, which [Undo] names."""
    type: Literal["queued"] = "queued"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """[Undo] under sentences that were put into the queue."""

    step: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """So many sentences left the queue again; `kept` are those that somebody has worked with since."""

    sentences: int
    kept: tuple[int, ...] = ()
    type: Literal["withdrawn"] = "withdrawn"
