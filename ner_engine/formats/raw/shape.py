"""What a format of JSON values is: how one of its values is known, and read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ner_engine.formats.raw.values import RawText, Remark


@dataclass(frozen=True, slots=True)
class Hints:
    """What a file does not say and whoever imports it does."""

    text_column: str | None = None
    """The column or member that holds the text."""
    label_column: str | None = None
    label_names: Mapping[int, str] = field(default_factory=dict)
    """What labels that are numbers are called."""
    tag_names: tuple[str, ...] = ()
    """What tags that are numbers are called, in their order."""
    default_label: str = "ENTITY"
    """The label of tags that have none, such as a bare B."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A format of JSON values."""

    name: str
    matches: Callable[[Any], bool]
    read: Callable[[Any, int, Hints], Iterator[RawText | Remark]]
