"""Entities as tags of tokens: B begins one, I is inside, L ends it, U is one of a single token."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ner_engine.pipeline.crf import Bools, Grammar, Path

_PREFIXES = "BILU"
OUTSIDE = "O"


@dataclass(frozen=True)
class TagScheme:
    """The tags of some labels in the BILUO scheme (Ratinov and Roth 2009)."""

    labels: tuple[str, ...]

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """All tags, outside first."""
        return (OUTSIDE, *(f"{prefix}-{label}" for label in self.labels for prefix in _PREFIXES))

    @cached_property
    def index(self) -> dict[str, int]:
        """The number of each tag."""
        return {tag: number for number, tag in enumerate(self.tags)}

    @cached_property
    def grammar(self) -> Grammar:
        """What may follow what: an entity goes on with its own label until it ends."""
        opens = np.array([tag[0] in "BUO" for tag in self.tags])
        closes = np.array([tag[0] in "LUO" for tag in self.tags])
        going_on = np.array([[_goes_on(one, two) for two in self.tags] for one in self.tags])
        return Grammar(closes[:, None] & opens[None] | going_on, opens, closes)

    def mask(self, tags: Sequence[str | None]) -> Bools:
        """The tags allowed at each token: the one that is known, or all of them."""
        allowed = np.ones((len(tags), len(self.tags)), dtype=bool)
        for row, tag in zip(allowed, tags, strict=True):
            if tag is not None:
                row[:] = False
                row[self.index[tag]] = True
        return allowed

    def path(self, start: int, end: int, label: str) -> list[int]:
        """The tags of one entity; empty for a label that is not of the scheme."""
        if label not in self.labels:
            return []
        return [self.index[tag] for tag in biluo(start, end, label)]

    def entities(self, path: Path) -> Iterator[tuple[int, int, str]]:
        """The entities of a path the grammar allows: first token, token after the last, label."""
        start = 0
        for number, tag in enumerate(self.tags[step] for step in path):
            if tag[0] in "BU":
                start = number
            if tag[0] in "LU":
                yield start, number + 1, tag[2:]


def biluo(start: int, end: int, label: str) -> list[str]:
    """The tags of one entity."""
    inside = "U" if end - start == 1 else "B" + "I" * (end - start - 2) + "L"
    return [f"{prefix}-{label}" for prefix in inside]


def _goes_on(one: str, two: str) -> bool:
    return one[0] in "BI" and two[0] in "IL" and one[2:] == two[2:]
