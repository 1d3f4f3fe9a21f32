"""The colour of a label: a square or a circle before its name, the same wherever the label is shown.

It follows from the name alone, so that every view and every picture has the same without asking the project. Two labels
may share one: the name always stands beside it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ner_engine.annotation import label_key


@dataclass(frozen=True, slots=True)
class LabelColour:
    """A square or a circle: as a character, under Slack's name, and as a hue for pictures."""

    sign: str
    name: str
    hue: str
    is_round: bool


COLOURS = (
    LabelColour("🟥", "large_red_square", "#d92c43", is_round=False),
    LabelColour("🟧", "large_orange_square", "#f28a0c", is_round=False),
    LabelColour("🟨", "large_yellow_square", "#f5c945", is_round=False),
    LabelColour("🟩", "large_green_square", "#6fae4e", is_round=False),
    LabelColour("🟦", "large_blue_square", "#4c9fe6", is_round=False),
    LabelColour("🟪", "large_purple_square", "#9f83cf", is_round=False),
    LabelColour("🟫", "large_brown_square", "#b5613f", is_round=False),
    LabelColour("⬛", "black_large_square", "#31373d", is_round=False),
    LabelColour("🔴", "red_circle", "#d92c43", is_round=True),
    LabelColour("🟠", "large_orange_circle", "#f28a0c", is_round=True),
    LabelColour("🟡", "large_yellow_circle", "#f5c945", is_round=True),
    LabelColour("🟢", "large_green_circle", "#6fae4e", is_round=True),
    LabelColour("🔵", "large_blue_circle", "#4c9fe6", is_round=True),
    LabelColour("🟣", "large_purple_circle", "#9f83cf", is_round=True),
    LabelColour("🟤", "large_brown_circle", "#b5613f", is_round=True),
    LabelColour("⚫", "black_circle", "#31373d", is_round=True),
)
# Chosen among 60,000, so that labels many projects have together differ: SYMPTOM, DRUG, DISEASE; PER, LOC, ORG, MISC.
_SALT = b"59530"


def colour_of(label: str) -> LabelColour:
    """The colour of a label, however it is written."""
    return _colour_of_key(label_key(label))


@lru_cache(maxsize=4_096)
def _colour_of_key(key: str) -> LabelColour:
    digest = hashlib.blake2b(key.encode(), digest_size=8, salt=_SALT).digest()
    return COLOURS[int.from_bytes(digest) % len(COLOURS)]


def coloured(label: str) -> str:
    """`🔵 SYMPTOM`, where only plain text can be."""
    return f"{colour_of(label).sign} {label}"


def sharing_colours(labels: Sequence[str]) -> list[tuple[str, ...]]:
    """The labels that have a colour together, as they come; their names tell them apart."""
    together: dict[LabelColour, list[str]] = {}
    for label in labels:
        together.setdefault(colour_of(label), []).append(label)
    return [tuple(names) for names in together.values() if len(names) > 1]
