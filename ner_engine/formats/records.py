"""The format ``records``: a sentence a line, with the words of its entities and no places."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from ner_engine.annotation import AnnotatedText, Span, check_text, find_mentions, parse_label
from ner_engine.errors import ValueNotInSentence
from ner_engine.formats.json_objects import group_of, member, read_values, write_values
from ner_engine.formats.registry import Format, register


def from_record(record: Mapping[str, Any]) -> AnnotatedText:
    """Read ``{"sentence": …, "entities": [{"label": …, "value": …}]}``.

    Every mention of each value is taken; where mentions overlap the longest value wins. Raises
    ValueNotInSentence.
    """
    text = member(record, "sentence", str)
    check_text(text)
    found: list[Span] = []
    for number, item in enumerate(member(record, "entities", list), start=1):
        label, value = parse_label(member(item, "label", str)), member(item, "value", str)
        # The record's own spelling comes first: "US" is not "us" where both are in the sentence.
        mentions = find_mentions(text, value, exact=True) or find_mentions(text, value)
        if not mentions:
            raise ValueNotInSentence(number=number)
        found += [Span(start, end, label) for start, end in mentions]
    return AnnotatedText(text, longest_first(found), group=group_of(record))


def to_record(annotated: AnnotatedText) -> dict[str, Any]:
    """Write ``{"sentence": …, "entities": [{"label": …, "value": …}]}``, each value once.

    This form names no places: a second, unmarked mention of a value is marked when read back.
    """
    text = annotated.text
    values = dict.fromkeys((span.label, text[span.start : span.end]) for span in annotated.spans)
    return {"sentence": text, "entities": [{"label": lb, "value": value} for lb, value in values]}


def read_records(lines: Iterable[str]) -> Iterator[AnnotatedText]:
    """Read one record a line. Raises InvalidLine."""
    return read_values(lines, from_record)


def write_records(texts: Iterable[AnnotatedText]) -> Iterator[str]:
    """Write one record a line."""
    return write_values(texts, to_record)


class _Stretch(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    @property
    def label(self) -> str: ...


_S = TypeVar("_S", bound=_Stretch)


def longest_first(spans: Iterable[_S]) -> tuple[_S, ...]:
    """The spans that stay when longer ones swallow those they overlap; equally long ones stay and will clash."""
    kept: list[_S] = []
    for span in sorted(
        set(spans), key=lambda span: (span.start - span.end, span.start, span.label)
    ):
        if not any(
            span.start < other.end and other.start < span.end and _length(other) > _length(span)
            for other in kept
        ):
            kept.append(span)
    return tuple(kept)


def _length(span: _Stretch) -> int:
    return span.end - span.start


RECORDS = register(Format(name="records", read=read_records, write=write_records))
