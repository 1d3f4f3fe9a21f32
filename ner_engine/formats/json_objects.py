"""What the formats with one JSON value a line share."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import EngineError, InvalidLine, InvalidRecord

_T = TypeVar("_T")


def read_values(
    lines: Iterable[str], parse: Callable[[Any], AnnotatedText]
) -> Iterator[AnnotatedText]:
    """Parse the JSON value of each line; blank lines are passed over. Raises InvalidLine."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield parse(json.loads(line))
        except (EngineError, ValueError, TypeError, RecursionError) as error:
            said = str(error) if isinstance(error, EngineError) else "It is not a JSON object."
            raise InvalidLine(number=number, reason=said) from error


def write_values(
    texts: Iterable[AnnotatedText], to_value: Callable[[AnnotatedText], Any]
) -> Iterator[str]:
    """One line a text, with letters of every alphabet as they are."""
    for annotated in texts:
        yield json.dumps(to_value(annotated), ensure_ascii=False) + "\n"


def group_of(line: Mapping[str, Any]) -> str | None:
    """The document a line says its text is from: ``document`` or ``doc_id``, in it or in its ``meta``."""
    meta = line.get("meta")
    for holder in (line, meta if isinstance(meta, Mapping) else {}):
        for name in ("document", "doc_id"):
            value = holder.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return str(value)
    return None


def member(holder: object, name: str, kind: type[_T]) -> _T:
    """The member of a JSON object that is of this kind. Raises InvalidRecord."""
    if not isinstance(holder, Mapping):
        raise InvalidRecord(reason=f"{name} is looked for in something that is not an object")
    value = holder.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InvalidRecord(reason=f"{name} is missing or not of the kind {kind.__name__}")
    return value
