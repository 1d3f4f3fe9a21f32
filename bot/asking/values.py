"""Cards of what was found in watched messages and is too unsure to go out, and what is said to them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.domain.entities import EntityState
from bot.domain.project import Offsets


class Said(StrEnum):
    """What somebody said to a card."""

    YES = "yes"
    NO = "no"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class ShowCards:
    """`/nerbot unsure`: the next card."""


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """[Yes], [No] or [Edit] on a card."""

    entity_id: int
    said: Said


@dataclass(frozen=True, slots=True)
class EntityCard:
    """An entity that is asked about, in its sentence; code points, the end exclusive."""

    entity_id: int
    message_id: int
    sentence: str
    tokens: tuple[Offsets, ...]
    start: int
    end: int
    label: str
    score: float | None
    state: EntityState
    channel: str
    ts: str
    thread_ts: str | None = None

    @property
    def link(self) -> str:
        """Where the message can be read."""
        address = f"https://slack.com/archives/{self.channel}/p{self.ts.replace('.', '')}"
        return f"{address}?thread_ts={self.thread_ts}" if self.thread_ts else address


@dataclass(frozen=True, slots=True)
class CardShown:
    """The next card, after what was just said to another one."""

    card: EntityCard | None
    waiting: int
    said: Said | None = None
    about: EntityCard | None = None
    """The card that was answered; None where it was gone or somebody was faster."""
    sentence_id: int | None = None
    """Where the whole sentence is to be labelled."""
    type: Literal["card_shown"] = "card_shown"
