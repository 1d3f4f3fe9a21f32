"""Values that were kept before a label was renamed, with its new name."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

T = TypeVar("T")


def under_new_names(value: T, names: Mapping[str, str]) -> T:
    """A value, such as a question that waits, with the names its labels have now: wherever a `label` or a span is."""
    return cast("T", _named_anew(value, names))


def _named_anew(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, tuple):
        return tuple(_named_anew(part, names) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, object] = {}
    for field in fields(value):
        part = getattr(value, field.name)
        if field.name == "label" and isinstance(part, str):
            changed[field.name] = names.get(part, part)
        elif isinstance(part, tuple) or is_dataclass(part):
            changed[field.name] = _named_anew(part, names)
    return replace(value, **changed)
