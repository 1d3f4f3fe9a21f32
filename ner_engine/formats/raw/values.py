"""What a file of annotated texts holds, before it is judged: spans may overlap or lie outside their text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

NO_META: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RawSpan:
    """A labelled stretch as a file has it, in code points, ``end`` exclusive; the label in the file's own spelling."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class RawAnnotation:
    """What one person (or one model, where it is a suggestion) said of a text."""

    spans: tuple[RawSpan, ...] = ()
    person: str | None = None
    finished: bool = True
    at: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RawText:
    """A text of a file with everybody's annotations of it; with none, nobody has looked at it yet.

    ``line`` is where it begins in its file, from 1. ``document`` and ``gap``, the characters between the text before
    it in that document and this one, are set where the file says them.
    """

    text: str
    line: int
    annotations: tuple[RawAnnotation, ...] = ()
    suggestions: tuple[RawAnnotation, ...] = ()
    document: str | None = None
    gap: str | None = None
    meta: Mapping[str, Any] = field(default_factory=lambda: NO_META)
    whole: bool = False
    """It is a document of many sentences."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a file holds that is not taken over as it is. ``kind`` names its sort, the same for all of a sort."""

    line: int
    kind: str
    words: str
    refused: bool = True
    """Nothing of that line is taken; else only what the words name is left out."""
