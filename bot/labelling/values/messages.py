"""Sentences taken from a message in Slack: what can be chosen, what was put into the queue."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.domain.project import Offsets

MAX_TAKEN = 10_000
"""Characters of one message that are looked at; what is behind them is left out, and told."""
MAX_SENTENCES = 500
"""Sentences that are taken of one message."""


class WhyLeftOut(StrEnum):
    """Why something of a message is not among the sentences that can be labelled."""

    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    BEHIND = "behind"
    """It is behind the most characters that are taken of one message."""
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece of a message that is left out: so many characters (or sentences, of those that are too many)."""

    why: WhyLeftOut
    size: int
    begins: str = ""


@dataclass(frozen=True, slots=True)
class QuotedMessage:
    """A message as the person saw it, line by line, and where it can be read again."""

    lines: tuple[str, ...]
    permalink: str | None = None
    cleaned: bool = False
    left_out: tuple[LeftOut, ...] = ()


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
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """The message shortcut "Label this message"."""

    intent: MessageIntent


@dataclass(frozen=True, slots=True)
class FixMessage:
    """[Fix] in a reply to a watched message: what of it a project was told is to be corrected."""

    project_id: int
    ts: str
    thread: str | None
    """The message that it is a reply to, where it is one."""


@dataclass(frozen=True, slots=True)
class JoinPieces:
    """[Join …] and [As one sentence]: the sentences of a question from one to another become one."""

    question: str
    first: int
    last: int | None
    """None for the last of all."""


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
