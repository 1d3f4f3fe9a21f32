"""Corrections of what a model found, and what people hear when a later one finds it."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.project import Sentence
from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class Correction:
    """A sentence of /ner a person put right, with their finished annotation of it as it is now."""

    person: str
    sentence: Sentence
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a live model finds that one person had to correct in an earlier one's answers, newest first."""

    project_id: int
    version: int
    person: str
    corrections: tuple[Correction, ...]
    project: str | None = None
    """The project's name, where the workspace has several."""


@dataclass(frozen=True, slots=True)
class ShowNotices:
    """`/nerbot notices`."""


@dataclass(frozen=True, slots=True)
class SetNotices:
    """`/nerbot notices on`, `/nerbot notices off`, and [No more of these]."""

    on: bool


@dataclass(frozen=True, slots=True)
class Notices:
    """Whether a person is told when a model finds what they corrected; `changed` by this very request."""

    on: bool
    changed: bool = False
    type: Literal["notices"] = "notices"
