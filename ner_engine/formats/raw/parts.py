"""What the readers of JSON share: members that may be missing or of another kind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ner_engine.formats.raw.values import RawSpan, Remark

_NAMED = 6
"""How many members a remark names."""


class Wrong(Exception):
    """A value is not as its format wants it; its words say how."""

    def __init__(self, words: str, kind: str = "not as the format has it") -> None:
        super().__init__(words)
        self.kind = kind


def text_of(value: Any, name: str) -> str:
    """A member that is a text. Raises Wrong."""
    if not isinstance(value, Mapping):
        raise Wrong("it is not an object with a text", "no text")
    found = value.get(name)
    if isinstance(found, str):
        return found
    if found is not None:
        raise Wrong(f"{name} is not a text", "no text")
    members = ", ".join(str(key)[:30] for key in list(value)[:_NAMED])
    raise Wrong(f"it has no {name}" + (f"; it has {members}" if members else ""), "no text")


def whole(value: Any) -> int | None:
    """A whole number, also where it is written as 5.0 or "5"; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 12:
        return int(value)
    return None


def listed(value: Any, name: str) -> Sequence[Any]:
    """A member that is a list; an empty one where it is missing or null. Raises Wrong."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if found is None:
        return ()
    if not isinstance(found, list):
        raise Wrong(f"{name} is not a list")
    return found


def span_of(start: Any, end: Any, label: Any) -> RawSpan:
    """A span. Raises Wrong."""
    first, last = whole(start), whole(end)
    if first is None or last is None:
        raise Wrong("a span has no whole numbers for its start and end", "span without offsets")
    if not isinstance(label, str) or not label.strip():
        raise Wrong(f"the span from {first} to {last} has no label", "span without a label")
    return RawSpan(first, last, label)


def spans_of(items: Sequence[Any], line: int, read: Any) -> Iterator[RawSpan | Remark]:
    """The spans of a list; one that is wrong is told, and the others are read."""
    for item in items:
        try:
            yield read(item)
        except Wrong as wrong:
            yield Remark(line, wrong.kind, str(wrong), refused=False)


def seconds_of(value: Any) -> float | None:
    """A number of seconds, None where it is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def name_of(value: Any) -> str | None:
    """Who it was: a name, an address or a number; None where nothing says it."""
    if isinstance(value, Mapping):
        for member in ("email", "username", "name", "id"):
            if value.get(member) not in {None, ""}:
                return str(value[member])
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def split(found: Iterator[RawSpan | Remark]) -> tuple[tuple[RawSpan, ...], list[Remark]]:
    """Spans and remarks apart."""
    spans: list[RawSpan] = []
    remarks: list[Remark] = []
    for each in found:
        if isinstance(each, RawSpan):
            spans.append(each)
        else:
            remarks.append(each)
    return tuple(spans), remarks


#: How files of sentences that are in no document are called.
LOOSE = "sentences-"


def document_named(stem: str) -> str | None:
    """The document that a file's name says."""
    return None if stem.startswith(LOOSE) else stem
