"""Flags: sentences that people say are broken or need talk, and reviewers who look after them."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.flags import Flag


@dataclass(frozen=True, slots=True)
class ShowFlags:
    """`/nerbot flags`."""


@dataclass(frozen=True, slots=True)
class SettleFlags:
    """[Settled]: a reviewer has looked after what was said of a sentence."""

    sentence_id: int


@dataclass(frozen=True, slots=True)
class FlagsShown:
    """Flagged sentences that wait for a reviewer, the oldest first, and how many more there are."""

    flags: tuple[Flag, ...]
    more: int = 0
    settled: int | None = None
    """The sentence that was just settled."""
    gone: int | None = None
    """One that somebody else had settled before."""
    type: Literal["flags_shown"] = "flags_shown"
