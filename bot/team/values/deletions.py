"""Deleting what can come back: the questions, and what was deleted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What can be deleted."""

    SENTENCE = "sentence"
    LABEL = "label"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Delete:
    """`/label delete`, `/nerbot labels delete SYMPTOM`, `/nerbot project delete NAME`."""

    kind: Kind
    sentence_id: int | None = None
    """None for the current sentence, until it is asked about."""
    name: str = ""
    type: Literal["delete"] = "delete"


@dataclass(frozen=True, slots=True)
class DeleteNow:
    """[Delete] on a card, which asked already."""

    sentence_id: int


@dataclass(frozen=True, slots=True)
class ConfirmDelete:
    """[Delete], under its opaque id."""

    offer: str


@dataclass(frozen=True, slots=True)
class DeletionAsked:
    """The question, with what hangs on it."""

    delete: Delete
    offer: str
    text: str = ""
    sentences: int = 0
    people: int = 0
    """Who has worked on the sentence besides whoever asks."""
    type: Literal["deletion_asked"] = "deletion_asked"


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted; [Undo] brings it back."""

    delete: Delete
    sentences: int = 0
    type: Literal["deleted"] = "deleted"
