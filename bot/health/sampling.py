"""Which sentences of a stream people check: a stratified random sample with known shares. Pure.

Each stratum keeps a reservoir (Vitter 1985): at every moment it is a random sample of all that has passed, and it holds
no more texts than will be shown.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

SENTENCES = 20
"""So many sentences are checked in a week."""


class Stratum(StrEnum):
    """By what sentences are told apart before any of them is checked."""

    ASKED = "asked"
    """Something in it was too unsure to go out."""
    OUT = "out"
    """All that was found in it went out."""
    EMPTY = "empty"
    """Nothing was found in it."""


PLACES = {Stratum.ASKED: 6, Stratum.OUT: 8, Stratum.EMPTY: 6}
"""How many of a week's sentences come from each: mistakes are likely where the model is unsure, what was sent has to be
right, and what was missed is where nothing was found."""


def stratum_of(*, found: int, asked: int) -> Stratum:
    """Where a sentence belongs in which so many entities were found, and so many of them are asked about."""
    if asked:
        return Stratum.ASKED
    return Stratum.OUT if found else Stratum.EMPTY


@dataclass(frozen=True, slots=True)
class Draw:
    """What becomes of a sentence that passes: the place it takes, None where it is let go."""

    place: int | None


def draw(seen: int, places: int, chance: random.Random) -> Draw:
    """Whether the next sentence of a stratum, of which ``seen`` have passed before, is kept in one of its places."""
    if seen < places:
        return Draw(seen)
    place = chance.randrange(seen + 1)
    return Draw(place if place < places else None)


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence that somebody checked: entities that were found in it and how many of them are right, the same of
    those that went out, and how many there are in truth."""

    found: int
    right: int
    out: int
    out_right: int
    there: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """A stratum of one week: how many sentences passed, and those of them that were checked."""

    passed: int
    checked: Sequence[Checked]
