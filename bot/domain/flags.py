"""Flags: what people say of a sentence that is broken or needs to be discussed."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.project import Sentence

MAX_NOTE = 500
"""Characters a reason may have."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A person's word that a sentence is broken or needs talk."""

    sentence: Sentence
    person: str
    note: str
    flagged_at: datetime
