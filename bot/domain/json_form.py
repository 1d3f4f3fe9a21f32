"""Frozen values as JSON: how they are stored, and told apart when they are read."""

import json
from functools import cache, cached_property
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import Discriminator, TypeAdapter

T = TypeVar("T")


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What reads and writes values of a class as JSON."""
    # Made at first use: building all of them would cost the start.
    return TypeAdapter(kind)


class JsonForm(Generic[T]):
    """How values of some classes are kept as JSON and told apart again: by their field `type`.

    `kind` is a frozen dataclass with a literal `type`, which may be a generic one of other values, or a union of such
    classes.
    """

    def __init__(self, kind: Any) -> None:
        self._kinds = get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)

    @cached_property
    def _names(self) -> frozenset[str]:
        classes = (get_origin(kind) or kind for kind in self._kinds)
        return frozenset(each.__dataclass_fields__["type"].default for each in classes)

    @cached_property
    def _read(self) -> TypeAdapter[Any]:
        if len(self._kinds) == 1:
            return adapter(self._kinds[0])
        union: Any = Annotated[Union[self._kinds], Discriminator("type")]  # noqa: UP007 - built from a tuple
        return TypeAdapter(union)

    def load(self, text: str) -> T | None:
        """The value; None where it is of a class that is not one of these."""
        if json.loads(text).get("type") not in self._names:
            return None
        found: T = self._read.validate_json(text)
        return found


def dump(value: object) -> str:
    """A frozen dataclass as JSON."""
    kind: Any = type(value)
    return adapter(kind).dump_json(value).decode()
