"""What writers are given, and what one is."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ner_engine.annotation import Span
from ner_engine.formats.raw.values import NO_META

STDOUT = Path("/dev/stdout")


@dataclass(frozen=True, slots=True)
class Said:
    """What one person or model says of a text."""

    person: str
    spans: tuple[Span, ...] = ()
    finished: bool = True
    at: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class OutText:
    """A text on its way out.

    ``spans`` are what is taken as right: None where nobody has finished it or people do not agree.
    """

    text: str
    tokens: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...] | None = None
    number: int = 0
    annotations: tuple[Said, ...] = ()
    suggestions: tuple[Said, ...] = ()
    document: str | None = None
    gap: str | None = None
    meta: Mapping[str, Any] = field(default_factory=lambda: NO_META)
    notes: Mapping[str, Any] = field(default_factory=lambda: NO_META)
    """Flags, and a reviewer's decision with its reason."""


class OneFile:
    """A writer's file, or standard output by its name, which is neither emptied nor removed."""

    def __init__(self, path: Path) -> None:
        self.lost: Counter[str] = Counter()
        self._path = path
        # By its descriptor: opened by its name, a file that standard output is appended to would be emptied.
        target = os.dup(1) if path == STDOUT else path
        self._file = open(target, "w", encoding="utf-8", newline="")  # noqa: SIM115, PTH123 - closed by close

    def close(self) -> tuple[Path, ...]:
        """Close the file."""
        self._file.close()
        return (self._path,)

    def abandon(self) -> None:
        """Remove the file."""
        self._file.close()
        if self._path != STDOUT:
            self._path.unlink(missing_ok=True)


class Writer(Protocol):
    """Writes texts to one file or several; ``lost`` counts what the format could not carry."""

    lost: Counter[str]

    def write(self, text: OutText) -> None:
        """The next text."""

    def close(self) -> tuple[Path, ...]:
        """Finish; the files that were written."""

    def abandon(self) -> None:
        """Remove what was written."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How a format is to be written."""

    scheme: str = "iob2"
    """Of tags: iob1, iob2, biluo, bioes or none."""
    dev_share: float = 0.2
    """The share of the texts that are for evaluation, where a format has two parts."""
    language: str = "en"
    name: str = "nerbot"
    labels: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)


def one_version(text: OutText, lost: Counter[str]) -> tuple[Span, ...] | None:
    """The spans for a format that has room for one version; what is left out is counted."""
    if text.suggestions:
        lost["suggestions of models"] += len(text.suggestions)
    if text.notes:
        lost["flags and reviewers' reasons"] += 1
    if text.spans is not None:
        if len(text.annotations) > 1:
            lost["annotators"] += len(text.annotations)
        return text.spans
    finished = [said for said in text.annotations if said.finished]
    if finished:
        lost["sentences people do not agree on"] += 1
    elif any(said.spans for said in text.annotations):
        lost["unfinished annotations"] += 1
    return None


def count_meta(
    text: OutText, lost: Counter[str], *, gap: bool = True, document: bool = True, meta: bool = True
) -> None:
    """Count what stands beside a text and cannot be carried."""
    if meta and text.meta:
        lost["meta"] += 1
    if document and text.document is not None:
        lost["documents"] += 1
    elif gap and text.gap:
        lost["what is between the sentences of a document"] += 1


def tags_of(
    tokens: Iterable[tuple[int, int]], spans: tuple[Span, ...], scheme: str = "iob2"
) -> list[str]:
    """The tag of each token."""
    places = list(tokens)
    tags = ["O"] * len(places)
    for span in spans:
        inside = [
            n for n, (start, end) in enumerate(places) if span.start <= start and end <= span.end
        ]
        for n in inside:
            first, last = n == inside[0], n == inside[-1]
            touches = first and n > 0 and tags[n - 1][2:] == span.label
            tags[n] = _tag(scheme, span.label, first=first, last=last, touches=touches)
    return tags


def _tag(scheme: str, label: str, *, first: bool, last: bool, touches: bool) -> str:
    match scheme:
        case "none":
            return label
        case "iob1":
            return f"{'B' if first and touches else 'I'}-{label}"
        case "biluo":
            prefix = "U" if first and last else "B" if first else "L" if last else "I"
        case "bioes":
            prefix = "S" if first and last else "B" if first else "E" if last else "I"
        case _:
            prefix = "B" if first else "I"
    return f"{prefix}-{label}"


def tag_names(labels: Iterable[str], scheme: str = "iob2") -> list[str]:
    """Every tag that texts with these labels may have, the one for nothing first."""
    if scheme == "none":
        return ["O", *sorted(labels)]
    prefixes = {"biluo": "BILU", "bioes": "BIES"}.get(scheme, "BI")
    return ["O", *(f"{prefix}-{label}" for label in sorted(labels) for prefix in prefixes)]
