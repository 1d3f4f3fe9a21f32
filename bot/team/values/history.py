"""The history of a project's steps, a page at a time."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.events import Event


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """`/nerbot history`: the steps before an event; `mine` leaves other people's out."""

    before: int | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class UndoStep:
    """[Undo] beside a step of the history."""

    event_id: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some steps, newest first; `can_undo` are the ids of those this person may undo."""

    events: tuple[Event, ...]
    can_undo: tuple[int, ...]
    older: int | None = None
    """Where the next page begins; None where there is none."""
    mine: bool = False
    first: bool = True
    type: Literal["history_page"] = "history_page"


@dataclass(frozen=True, slots=True)
class Undone:
    """A step was undone; `sentences` where it had changed several."""

    event: Event
    sentences: int = 1
    lost: tuple[str, ...] = ()
    """Labels that a sentence came back without, because they were deleted meanwhile."""
    type: Literal["undone"] = "undone"
