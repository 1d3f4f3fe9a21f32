"""The commands of /nerbot forget, and what they answer. No answer that is kept holds a word of what is forgotten."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class What(StrEnum):
    """What is to be forgotten."""

    SENTENCE = "sentence"
    PERSON = "person"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Forget:
    """`/nerbot forget #12`, `forget me`, `forget @person`, `forget project`: as it is asked about, by ids alone."""

    what: What
    sentence_id: int | None = None
    person: str | None = None
    project: str | None = None
    """The project's name, typed, so that it is not the wrong one that goes."""
    type: Literal["forget"] = "forget"


@dataclass(frozen=True, slots=True)
class ForgetText:
    """`/nerbot forget A patient with chest pain.`: the sentence with exactly this text."""

    text: str


@dataclass(frozen=True, slots=True)
class ConfirmForget:
    """[Forget it for good], under its opaque id."""

    offer: str


@dataclass(frozen=True, slots=True)
class DeclineForget:
    """[Keep it]."""

    offer: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is erased, in numbers."""

    projects: int = 1
    sentences: int = 0
    annotations: int = 0
    steps: int = 0
    labels: int = 0
    models: int = 0
    """Models that learned something of it."""
    live: tuple[int, ...] = ()
    """Those of them that answer until their successor is trained."""
    silent: int = 0
    """Live models that go at once, since too little is left to train another one."""


@dataclass(frozen=True, slots=True)
class ForgetAsked:
    """The question, with what would go."""

    forget: Forget
    extent: Extent
    offer: str
    text: str = ""
    """The sentence."""
    project: str = ""
    type: Literal["forget_asked"] = "forget_asked"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went, and what is still to go."""

    forget: Forget
    extent: Extent
    type: Literal["forgotten"] = "forgotten"


@dataclass(frozen=True, slots=True)
class NotForgotten:
    """The person chose to keep it."""

    type: Literal["not_forgotten"] = "not_forgotten"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Something forgotten that is not gone from the disk yet."""

    id: int
    workspace: str
    project_id: int
    person: str | None
    vectors: tuple[str, ...]
    created_at: datetime
    cleaned: bool


@dataclass(frozen=True, slots=True)
class ErasedNames:
    """What the vectors of an erasure are called, which are hashes; nothing where too long ago."""

    id: int
    vectors: tuple[str, ...]
    created_at: datetime
