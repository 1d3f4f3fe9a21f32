"""The format ``offsets``: the pairs of spaCy's tutorials, one a line."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import Any

from ner_engine.annotation import AnnotatedText, Span, check_text
from ner_engine.errors import InvalidRecord
from ner_engine.formats.json_objects import read_values, write_values
from ner_engine.formats.registry import Format, register

Offsets = tuple[str, dict[str, list[tuple[int, int, str]]]]


def from_offsets(pair: Offsets) -> AnnotatedText:
    """Read ``(text, {"entities": [(start, end, label), …]})``."""
    text, annotations = pair
    check_text(text)
    return AnnotatedText(text, tuple(Span(*entity) for entity in annotations["entities"]))


def to_offsets(annotated: AnnotatedText) -> Offsets:
    """Write ``(text, {"entities": [(start, end, label), …]})``, the form of spaCy's tutorials."""
    return annotated.text, {"entities": [astuple(span) for span in annotated.spans]}


def read_offsets(lines: Iterable[str]) -> Iterator[AnnotatedText]:
    """Read one pair a line, a JSON array. Raises InvalidLine."""
    return read_values(lines, _from_array)


def write_offsets(texts: Iterable[AnnotatedText]) -> Iterator[str]:
    """Write one pair a line, as a JSON array."""
    return write_values(texts, to_offsets)


def _from_array(value: Any) -> AnnotatedText:
    match value:
        case [str(text), {"entities": list(entities)}] if all(map(_is_entity, entities)):
            return from_offsets((text, {"entities": entities}))
    raise InvalidRecord(reason="it is not a text with its entities")


def _is_entity(value: Any) -> bool:
    match value:
        case [int(), int(), str()]:
            return True
    return False


OFFSETS = register(Format(name="offsets", read=read_offsets, write=write_offsets))
